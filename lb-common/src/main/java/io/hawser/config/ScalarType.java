package io.hawser.config;

import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.net.HostPrefix;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A type of value that is written as one text, and how it is read.
 *
 * @param type the Java type
 * @param placeholder a value that stands in for an unreadable one until the file is refused
 * @param reader throws {@link IllegalArgumentException} saying what is wrong with the text
 */
record ScalarType(Class<?> type, Object placeholder, Reader reader) implements ValueType {

    private static final List<ScalarType> KNOWN = List.of(
            new ScalarType(String.class, "", (text, key) -> key.text().read(nonEmpty(text))),
            new ScalarType(int.class, 0, ScalarType::integer),
            new ScalarType(boolean.class, false, (text, key) -> truth(text)),
            new ScalarType(Duration.class, Duration.ZERO, ScalarType::duration),
            new ScalarType(Endpoint.class, new Endpoint("unreadable", 0), ScalarType::endpoint),
            new ScalarType(Cidr.class, Cidr.parse("::/128"), (text, key) -> Cidr.parse(text)),
            new ScalarType(HostPrefix.class, HostPrefix.parse("::/128"), (text, key) -> HostPrefix.parse(text)),
            new ScalarType(Path.class, Path.of(""), (text, key) -> path(nonEmpty(text))),
            new ScalarType(StatusRange.class, new StatusRange(200, 200), (text, key) -> StatusRange.parse(text)));

    /** Turns one text into a value. */
    @FunctionalInterface
    interface Reader {
        Object read(String text, Key key);
    }

    /** The type for a record component's class. */
    static ScalarType of(Class<?> type) {
        if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            return new ScalarType(type, constants[0], (text, key) -> constant(constants, text, key));
        }
        return KNOWN.stream()
                .filter(known -> known.type.equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type + " can't be read from a configuration file"));
    }

    /** An enum constant as the file has it. */
    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A value as it would be written in the file. */
    static String text(Object value) {
        if (value instanceof Enum<?> constant) {
            return label(constant);
        }
        return value instanceof Duration duration ? DurationText.format(duration) : value.toString();
    }

    private static String nonEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return text;
    }

    private static Object constant(Object[] constants, String text, Key key) {
        List<String> labels =
                Arrays.stream(constants).map(c -> label((Enum<?>) c)).toList();
        int index = labels.indexOf(text);
        if (index >= 0) {
            return constants[index];
        }
        String valid = "valid: " + String.join(", ", labels);
        String nearest = Spelling.nearest(text, labels);
        throw new IllegalArgumentException("'" + text + "' is not " + key.noun() + "; "
                + (nearest == null ? "" : "did you mean '" + nearest + "'? ") + valid);
    }

    private static Object integer(String text, Key key) {
        if (!text.matches("[+-]?[0-9]+")) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number");
        }
        BigInteger value = new BigInteger(text);
        boolean tooLow = value.compareTo(BigInteger.valueOf(key.min())) < 0;
        if (!tooLow && value.compareTo(BigInteger.valueOf(key.max())) <= 0) {
            return value.intValueExact();
        }
        throw new IllegalArgumentException(
                tooLow && key.max() == Integer.MAX_VALUE
                        ? text + " is less than " + key.min()
                        : text + " is not between " + key.min() + " and " + key.max());
    }

    private static boolean truth(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    }

    private static Object duration(String text, Key key) {
        Duration value = DurationText.parse(text);
        boolean tooShort = value.compareTo(DurationText.parse(key.atLeast())) < 0;
        if (tooShort || value.compareTo(DurationText.parse(key.atMost())) > 0) {
            throw new IllegalArgumentException(text + " is not between " + key.atLeast() + " and " + key.atMost());
        }
        return value;
    }

    private static Object endpoint(String text, Key key) {
        Endpoint endpoint = Endpoint.parse(text);
        if (endpoint.port() < key.min()) {
            throw new IllegalArgumentException(
                    "port " + endpoint.port() + " is not between " + key.min() + " and 65535");
        }
        if (endpoint.host().equals("*")) {
            throw new IllegalArgumentException("'*' is not a host; write 0.0.0.0 or [::] for all addresses");
        }
        return new Endpoint(TextKind.host(endpoint.host()), endpoint.port());
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }
}
