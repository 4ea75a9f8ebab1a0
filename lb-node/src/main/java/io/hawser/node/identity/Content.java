package io.hawser.node.identity;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the files of an identity hold, before it is understood. */
final class Content {

    private final byte[] certificate;
    private final byte[] key;
    private final byte @Nullable [] authorities;

    private Content(byte[] certificate, byte[] key, byte @Nullable [] authorities) {
        this.certificate = certificate;
        this.key = key;
        this.authorities = authorities;
    }

    /** @throws IOException saying which file can't be had */
    static Content of(IdentityFiles files) throws IOException {
        String section = files.section();
        return new Content(
                Pem.bytes(section + ".certificate-file", files.certificate()),
                Pem.bytes(section + ".key-file", files.key()),
                files.authorities() == null ? null : Pem.bytes(section + ".ca-file", files.authorities()));
    }

    byte[] certificate() {
        return certificate;
    }

    byte[] key() {
        return key;
    }

    byte @Nullable [] authorities() {
        return authorities;
    }

    boolean isSame(Content other) {
        return Arrays.equals(certificate, other.certificate)
                && Arrays.equals(key, other.key)
                && Arrays.equals(authorities, other.authorities);
    }
}
