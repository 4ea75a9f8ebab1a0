package io.hawser.config;

import java.nio.file.Path;

/** Who the admin server is to its clients. Both files are PEM. */
public record AdminTlsConfig(
        @Key(
                        value =
                                "A PEM file with the certificate, and those between it and the authority's, in that order; for"
                                        + " the names or addresses in the URLs by which the admin server is reached.",
                        restart = true)
                Path certificateFile,
        @Key(
                        value =
                                "A PEM file with the certificate's key: PKCS#8 (`BEGIN PRIVATE KEY`), without a password.",
                        restart = true)
                Path keyFile) {}
