package io.hawser.node.lbctl;

import io.hawser.pool.OperatorState;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command line of {@code lbctl}, and the options that all its commands take. */
@Command(
        name = "lbctl",
        description = "Shows and changes a running node over its admin address.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Shown; or changed, and in force.",
            "1:Refused or failed; standard error says why and what to do.",
            "2:Wrong usage."
        })
public final class Lbctl {

    private static final String DEFAULT_NODE = "http://127.0.0.1:9900";
    private static final int TO_SHOW_SECONDS = 10;

    /** A node takes its time to answer a change, 50 s at most. */
    private static final int TO_CHANGE_SECONDS = 60;

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

    private final Shell shell;
    private CommandLine commandLine = new CommandLine(CommandSpec.create());

    @Option(
            names = "--node",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "The node's admin address. Default: $LBCTL_NODE, else " + DEFAULT_NODE + ".")
    private @Nullable String node;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "The node's admin.token-file, which changes need where there is one. Default:"
                    + " $LBCTL_TOKEN_FILE.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "For https://: the authority that has signed the node's certificate, in PEM. Default:"
                    + " $LBCTL_CA, else those that Java trusts.")
    private @Nullable Path authorities;

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORM",
            description = "table, or json: what the API answers. Default: table.")
    private Output output = Output.TABLE;

    @Option(names = "--watch", scope = ScopeType.INHERIT, description = "Show it again and again, until Ctrl-C.")
    private boolean watch;

    @Option(
            names = "--interval",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            description = "The time between two looks of --watch. Default: 2.")
    private double interval = 2;

    @Option(
            names = "--request-timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            description = "How long the node may take to answer. Default: " + TO_SHOW_SECONDS + ", for a change "
                    + TO_CHANGE_SECONDS + ".")
    private @Nullable Double requestTimeout;

    private Lbctl(Shell shell) {
        this.shell = shell;
    }

    /**
     * Runs one command line to its end.
     *
     * @return the exit code: 0 done and in force, 1 refused or failed, 2 wrong usage
     */
    public static int execute(String[] args, Shell shell, String version, String revision) {
        int code = commandLine(shell, version, revision).execute(args);
        shell.out().flush();
        return code;
    }

    /** The command line with all its commands. */
    public static CommandLine commandLine(Shell shell, String version, String revision) {
        Lbctl lbctl = new Lbctl(shell);
        CommandLine commandLine = new CommandLine(lbctl)
                .addSubcommand(new StatusCommand(lbctl))
                .addSubcommand(new NodesCommand(lbctl))
                .addSubcommand(new VipsCommand(lbctl))
                .addSubcommand(new PoolsCommand(lbctl))
                .addSubcommand(new BackendsCommand(lbctl))
                .addSubcommand(new ListenersCommand(lbctl))
                .addSubcommand(new ConnectionsCommand(lbctl))
                .addSubcommand(
                        new CommandLine(new AffinityCommand(lbctl)).addSubcommand(new AffinityClearCommand(lbctl)))
                .addSubcommand(new ExplainCommand(lbctl))
                .addSubcommand(new CommandLine(new BackendCommand())
                        .addSubcommand(BackendStateCommand.of(lbctl, OperatorState.DRAIN))
                        .addSubcommand(BackendStateCommand.of(lbctl, OperatorState.READY))
                        .addSubcommand(BackendStateCommand.of(lbctl, OperatorState.DOWN))
                        .addSubcommand(new BackendWeightCommand(lbctl)))
                .addSubcommand(new CommandLine(new VipCommand()).addSubcommand(new VipMoveCommand(lbctl)))
                .addSubcommand(new CommandLine(new NodeCommand())
                        .addSubcommand(new NodeDrainCommand(lbctl))
                        .addSubcommand(new NodeResumeCommand(lbctl)))
                .addSubcommand(new ReloadCommand(lbctl));
        lbctl.commandLine = commandLine;
        setVersion(commandLine, "lbctl " + version + " (" + revision + ")");
        return commandLine
                .setOut(shell.out())
                .setErr(shell.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(shell.colours() ? Ansi.ON : Ansi.OFF))
                .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, shell));
    }

    private static void setVersion(CommandLine commandLine, String version) {
        commandLine.getCommandSpec().version(version);
        commandLine.getSubcommands().values().forEach(command -> setVersion(command, version));
    }

    private static int failed(Exception thrown, Shell shell) throws Exception {
        if (thrown instanceof Failure failure) {
            failure.lines().forEach(shell.err()::println);
            return 1;
        }
        throw thrown;
    }

    Shell shell() {
        return shell;
    }

    Output output() {
        return output;
    }

    boolean watches() {
        return watch;
    }

    Duration interval() {
        return positive("--interval", interval);
    }

    NodeApi toShow() {
        return api(TO_SHOW_SECONDS);
    }

    NodeApi toChange() {
        if (watch) {
            throw wrongUsage("--watch is for commands that show something");
        }
        return api(TO_CHANGE_SECONDS);
    }

    ParameterException wrongUsage(String message) {
        CommandLine command = commandLine;
        while (command.getParseResult().hasSubcommand()) {
            command = command.getParseResult().subcommand().commandSpec().commandLine();
        }
        return new ParameterException(command, message);
    }

    /** @throws ParameterException when it is none */
    BackendName backendName(String text) {
        try {
            return BackendName.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    /** @throws ParameterException when it is none */
    Duration duration(String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw wrongUsage(option + ": '" + text + "' is not a duration such as 500ms, 90s or 5m");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofSeconds(count);
        };
    }

    private NodeApi api(double defaultSeconds) {
        String file = shell.variable("LBCTL_TOKEN_FILE");
        Path token = tokenFile == null && file != null ? Path.of(file) : tokenFile;
        double seconds = requestTimeout == null ? defaultSeconds : requestTimeout;
        String ca = shell.variable("LBCTL_CA");
        Path believed = authorities == null && ca != null ? Path.of(ca) : authorities;
        return new NodeApi(address(), token, believed, positive("--request-timeout", seconds));
    }

    private URI address() {
        String variable = shell.variable("LBCTL_NODE");
        String text = node != null ? node : variable != null ? variable : DEFAULT_NODE;
        String source = node == null && variable != null ? "LBCTL_NODE" : "--node";
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw wrongUsage(source + ": '" + text + "' is not a URL such as http://10.0.0.11:9900");
    }

    private Duration positive(String option, double seconds) {
        if (!(seconds >= 0.1 && seconds <= 86_400)) {
            throw wrongUsage(option + ": " + seconds + " is not between 0.1 and 86400 seconds");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
