package io.hawser.config;

/**
 * HTTP status codes from one to another, such as {@code 200-399}, or a single one.
 *
 * @param from the first, 100 to 599
 * @param to the last, not below {@code from}
 */
public record StatusRange(int from, int to) {

    public StatusRange {
        if (from < 100 || to > 599 || from > to) {
            throw new IllegalArgumentException("status codes run from 100 to 599, the lower first");
        }
    }

    /**
     * Reads {@code 200} or {@code 200-399}.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static StatusRange parse(String text) {
        if (!text.matches("[1-5][0-9][0-9](-[1-5][0-9][0-9])?")) {
            throw new IllegalArgumentException("'" + text + "' is not a status code; write 200 or 200-399");
        }
        int from = Integer.parseInt(text.substring(0, 3));
        int to = text.length() == 3 ? from : Integer.parseInt(text.substring(4));
        if (from > to) {
            throw new IllegalArgumentException("'" + text + "' runs backwards; write " + to + "-" + from);
        }
        return new StatusRange(from, to);
    }

    public boolean contains(int status) {
        return status >= from && status <= to;
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}
