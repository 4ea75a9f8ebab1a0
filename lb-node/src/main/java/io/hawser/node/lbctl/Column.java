package io.hawser.node.lbctl;

/**
 * One column of a table, and what may become of it where the terminal is narrow.
 *
 * @param title its heading
 * @param right whether numbers stand under each other
 * @param least characters that it may shrink to, an ellipsis for the rest; {@link Integer#MAX_VALUE} when it never does
 * @param spare how soon it is left out: the highest first; 0 never
 */
public record Column(String title, boolean right, int least, int spare) {

    public static Column text(String title) {
        return new Column(title, false, Integer.MAX_VALUE, 0);
    }

    public static Column number(String title) {
        return new Column(title, true, Integer.MAX_VALUE, 0);
    }

    /** The same, which may shrink. */
    public Column shrinksTo(int characters) {
        return new Column(title, right, characters, spare);
    }

    /** The same, which may be left out. */
    public Column spare(int order) {
        return new Column(title, right, least, order);
    }
}
