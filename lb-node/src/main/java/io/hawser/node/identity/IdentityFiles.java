package io.hawser.node.identity;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an identity is kept, in PEM.
 *
 * @param section the section of the configuration that names the files, such as {@code cluster.tls}
 * @param certificate the certificate, and those between it and its authority
 * @param key its key, in PKCS#8 without a password
 * @param authorities whose certificates are believed; null where nobody has to show one
 */
public record IdentityFiles(String section, Path certificate, Path key, @Nullable Path authorities) {}
