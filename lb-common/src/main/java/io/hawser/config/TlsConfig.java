package io.hawser.config;

import java.nio.file.Path;

/** Who this node is to the other side of a link, and whom it believes there. All files are PEM. */
public record TlsConfig(
        @Key(
                        value =
                                "A PEM file with this node's certificate, and those between it and the authority's, in that"
                                        + " order. It is shown by whoever opens the connection and by whoever takes it, so that"
                                        + " an extended key usage, if it has one, must be both `serverAuth` and `clientAuth`.",
                        restart = true)
                Path certificateFile,
        @Key(
                        value =
                                "A PEM file with the certificate's key: PKCS#8 (`BEGIN PRIVATE KEY`), without a password.",
                        restart = true)
                Path keyFile,
        @Key(
                        value =
                                "A PEM file with the authorities whose certificates are believed. While one replaces another,"
                                        + " it holds both.",
                        restart = true)
                Path caFile) {}
