package io.hawser.config;

/**
 * Reads a configuration file's text and finds all of its mistakes at once.
 *
 * <p>Looks at nothing but its arguments: that files and addresses named in the text exist is for others to find out.
 */
public final class ConfigReader {

    /** The file. */
    static final Section ROOT = Section.of(HawserConfig.class);

    private ConfigReader() {}

    /**
     * Reads the text.
     *
     * @param fileName what the errors call it
     * @param yaml the whole text, of any content
     * @param environmentDefaults what the machine answers for keys that are left out
     */
    public static ConfigResult read(String fileName, String yaml, Defaults environmentDefaults) {
        Findings findings = new Findings(fileName);
        YamlNode root = YamlReader.read(yaml, findings);
        if (root == null) {
            return new ConfigResult.Invalid(findings.errors());
        }
        HawserConfig config = (HawserConfig) new Binder(environmentDefaults, findings).bind(ROOT, root);
        CrossChecks.run(config, findings);
        return findings.isEmpty() ? new ConfigResult.Valid(config) : new ConfigResult.Invalid(findings.errors());
    }
}
