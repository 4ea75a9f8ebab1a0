package io.hawser.config;

import java.util.List;

/** A YAML document as a tree whose every part knows its place. */
sealed interface YamlNode {

    Place place();

    /**
     * A text, a number, a truth value or nothing.
     *
     * @param text as written, without quotes and escapes
     * @param plain whether it was written without quotes
     */
    record Scalar(String text, boolean plain, Place place) implements YamlNode {

        /** Whether nothing was written, or YAML's word for it. */
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Place place) implements YamlNode {}

    /** Keys with values; a key may stand there twice. */
    record Mapping(List<Entry> entries, Place place) implements YamlNode {}

    /** Something that has been reported already, and stands for no value. */
    record Unusable(Place place) implements YamlNode {}

    /** One key with its value. */
    record Entry(String key, Place place, YamlNode value) {}
}
