package io.hawser.config;

/** How messages speak of what stands in the file, however long it is. */
final class Quoted {

    /** The longest text that a value can be: a path on disk or in a URL. */
    private static final int MAX_TEXT = 4096;

    /** How much of a text that is out of place a message quotes. */
    private static final int MAX_QUOTED = 60;

    private Quoted() {}

    /** What stands there, in a few words. */
    static String kind(YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar.isNothing() ? "nothing" : "'" + shortened(scalar.text()) + "'";
        }
        return node instanceof YamlNode.Sequence ? "a list" : "a section of keys";
    }

    static String shortened(String text) {
        return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    }

    /** Keeps values so short that a message may quote them whole. */
    static void refuseLength(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("'" + shortened(text) + "' is " + text.length()
                    + " characters long; no value needs more than " + MAX_TEXT);
        }
    }
}
