package io.hawser.node.lbctl;

import org.jspecify.annotations.Nullable;

/**
 * One field of a table.
 *
 * @param text safe to print
 * @param tone how it strikes the eye, where there are colours
 */
public record Cell(String text, Tone tone) {

    /** How much a cell matters; the parameters of ECMA-48's SGR sequence. */
    public enum Tone {
        PLAIN(""),
        GOOD("32"),
        WARNING("33"),
        BAD("31"),
        FAINT("2"),
        TITLE("1");

        private final String sgr;

        Tone(String sgr) {
            this.sgr = sgr;
        }

        String paint(String text) {
            return sgr.isEmpty() || text.isEmpty() ? text : "\u001b[" + sgr + "m" + text + "\u001b[0m";
        }
    }

    /** Text from wherever; {@code -} when there is none. */
    public static Cell of(@Nullable String text, Tone tone) {
        return text == null || text.isEmpty() ? new Cell("-", Tone.FAINT) : new Cell(Printable.of(text), tone);
    }

    /** Likewise, that does not strike the eye. */
    public static Cell of(@Nullable String text) {
        return of(text, Tone.PLAIN);
    }

    /** A number. */
    public static Cell of(long number) {
        return new Cell(Long.toString(number), Tone.PLAIN);
    }

    /** A number of things that should not be. */
    public static Cell ofBad(long number) {
        return new Cell(Long.toString(number), number == 0 ? Tone.PLAIN : Tone.BAD);
    }

    /** Bytes. */
    static Cell ofBytes(long bytes) {
        return new Cell(Humane.bytes(bytes), Tone.PLAIN);
    }

    /** A limit, of which 0 means none. */
    static Cell ofLimit(long limit) {
        return limit == 0 ? new Cell("-", Tone.FAINT) : of(limit);
    }
}
