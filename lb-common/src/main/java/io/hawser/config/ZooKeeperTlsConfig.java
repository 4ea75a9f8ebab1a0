package io.hawser.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who this node is to ZooKeeper's servers, and whom it believes to be one. All files are PEM. */
public record ZooKeeperTlsConfig(
        @Key(
                        value =
                                "A PEM file with this node's certificate, and those between it and the authority's, in that"
                                        + " order.",
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
                Path caFile,
        @Key(
                        value =
                                "The name that the servers' certificates must be for, where it is one for all of them. Without"
                                        + " it: each must be for the name or address that `connect` has for that server.",
                        text = TextKind.HOST,
                        restart = true)
                @Nullable String serverName) {}
