package io.hawser.config;

/**
 * What the machine itself answers for keys that are left out.
 *
 * @param hostName this machine's name, for <code>${host-name}</code>
 */
public record Defaults(String hostName) {}
