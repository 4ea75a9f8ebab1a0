package io.hawser.node.stream;

/**
 * How a socket listens.
 *
 * @param backlog connections that wait in the kernel
 * @param shared whether the sockets of other loops are bound to the same address
 * @param floating whether the host need not have the address now: it is one that comes and goes
 */
public record ListenOptions(int backlog, boolean shared, boolean floating) {}
