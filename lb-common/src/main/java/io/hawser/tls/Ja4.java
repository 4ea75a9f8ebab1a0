package io.hawser.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Computes the JA4 fingerprint of a TLS client over TCP, by FoxIO's public description: the versions, counts and first
 * protocol in the clear, then digests of the sorted cipher suites and of the sorted extensions with the signature
 * algorithms. GREASE counts nowhere.
 */
final class Ja4 {

    private static final int MAX_COUNT = 99;
    private static final String NOTHING = "000000000000";

    private Ja4() {}

    static String of(ClientHello hello) {
        int cipherSuites = (int) withoutGrease(hello.cipherSuites()).count();
        int extensions = (int) withoutGrease(hello.extensions()).count();
        return "t" + version(hello.highestVersion())
                + (hello.extensions().contains(ExtensionType.SERVER_NAME) ? "d" : "i")
                + twoDigits(cipherSuites)
                + twoDigits(extensions)
                + protocol(hello.alpn())
                + "_" + digest(hex(withoutGrease(hello.cipherSuites()).sorted()))
                + "_" + digest(extensions(hello));
    }

    private static String version(int version) {
        return switch (version) {
            case 0x0304 -> "13";
            case 0x0303 -> "12";
            case 0x0302 -> "11";
            case 0x0301 -> "10";
            case 0x0300 -> "s3";
            case 0x0002 -> "s2";
            default -> "00";
        };
    }

    private static String twoDigits(int count) {
        int shown = Math.min(count, MAX_COUNT);
        return "" + (char) ('0' + shown / 10) + (char) ('0' + shown % 10);
    }

    private static String protocol(List<String> alpn) {
        if (alpn.isEmpty()) {
            return "00";
        }
        String first = alpn.get(0);
        if (!isAlphanumeric(first.charAt(0)) || !isAlphanumeric(first.charAt(first.length() - 1))) {
            first = HexFormat.of().formatHex(first.getBytes(StandardCharsets.ISO_8859_1));
        }
        return "" + first.charAt(0) + first.charAt(first.length() - 1);
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static String extensions(ClientHello hello) {
        String types = hex(withoutGrease(hello.extensions())
                .filter(type -> type != ExtensionType.SERVER_NAME && type != ExtensionType.ALPN));
        String algorithms = hex(withoutGrease(hello.signatureAlgorithms()));
        return algorithms.isEmpty() ? types : types + "_" + algorithms;
    }

    private static IntStream withoutGrease(CodePoints values) {
        return values.stream().filter(value -> !CodePoints.isGrease(value));
    }

    private static String hex(IntStream values) {
        HexFormat format = HexFormat.of();
        return values.mapToObj(value -> format.toHexDigits((char) value)).collect(Collectors.joining(","));
    }

    private static String digest(String text) {
        if (text.isEmpty()) {
            return NOTHING;
        }
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(sha256, 0, NOTHING.length() / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
