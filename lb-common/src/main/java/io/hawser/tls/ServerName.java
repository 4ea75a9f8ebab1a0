package io.hawser.tls;

import io.hawser.net.IpAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the one host name of a server_name extension (RFC 6066 section 3) into the form that routes compare. */
final class ServerName {

    private static final int HOST_NAME = 0;
    /** The longest name DNS can hold, in text (RFC 1035 section 2.3.4), without a trailing dot. */
    private static final int MAX_LENGTH = 253;

    private static final int MAX_LABEL = 63;

    private ServerName() {}

    /**
     * Reads the extension's whole body.
     *
     * @return the name in lower case without a trailing dot; null when there is none, or an address literal, which
     *     RFC 6066 does not permit and which therefore names nobody
     * @throws MalformedException when the list is not one, holds two host names, or the name could not be one in DNS
     */
    static @Nullable String read(Cursor cursor) throws MalformedException {
        int outer = cursor.open16("server_name list");
        if (!cursor.hasRemaining()) {
            throw new MalformedException("server_name list is empty", Alert.DECODE_ERROR);
        }
        byte @Nullable [] name = null;
        while (cursor.hasRemaining()) {
            int type = cursor.u8("server_name type");
            int length = cursor.u16("server_name");
            if (type != HOST_NAME) {
                // All later types begin with a length too (RFC 6066), so an unknown one can be stepped over.
                cursor.skip(length, "server_name");
                continue;
            }
            if (name != null) {
                throw new MalformedException("server_name has two host names", Alert.ILLEGAL_PARAMETER);
            }
            name = cursor.take(length, "server_name");
        }
        cursor.close(outer, "server_name list");
        return name == null ? null : normalise(name);
    }

    private static @Nullable String normalise(byte[] name) throws MalformedException {
        if (name.length == 0) {
            throw new MalformedException("server_name is empty", Alert.DECODE_ERROR);
        }
        int length = name[name.length - 1] == '.' ? name.length - 1 : name.length;
        if (length > MAX_LENGTH) {
            throw new MalformedException("server_name is longer than a DNS name", Alert.DECODE_ERROR);
        }
        boolean colon = false;
        for (int i = 0; i < name.length; i++) {
            byte c = name[i];
            if (c >= 'A' && c <= 'Z') {
                name[i] = (byte) (c + ('a' - 'A'));
            } else if (c == ':') {
                colon = true;
            } else if (!isNameCharacter(c)) {
                throw new MalformedException("server_name has a character no host name has", Alert.ILLEGAL_PARAMETER);
            }
        }
        String text = new String(name, 0, length, StandardCharsets.ISO_8859_1);
        if (colon || endsInDigit(text)) {
            if (IpAddress.tryParse(text) != null) {
                return null;
            }
            if (colon) {
                throw new MalformedException("server_name has a character no host name has", Alert.ILLEGAL_PARAMETER);
            }
        }
        requireLabels(text);
        return text;
    }

    /** Letters, digits, hyphens and dots; underscores too, since names that have them are in use. */
    private static boolean isNameCharacter(byte c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    }

    private static boolean endsInDigit(String text) {
        return !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
    }

    private static void requireLabels(String text) throws MalformedException {
        int start = 0;
        while (true) {
            int dot = text.indexOf('.', start);
            int end = dot < 0 ? text.length() : dot;
            if (end == start || end - start > MAX_LABEL) {
                throw new MalformedException(
                        "server_name has a label that is empty or longer than 63 bytes", Alert.ILLEGAL_PARAMETER);
            }
            if (dot < 0) {
                return;
            }
            start = dot + 1;
        }
    }
}
