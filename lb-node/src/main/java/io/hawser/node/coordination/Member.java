package io.hawser.node.coordination;

import java.time.Instant;

/**
 * A node, as it tells of itself.
 *
 * @param id its name
 * @param address at which other machines reach it
 * @param clusterPort at which the members of its cluster reach it; 0 when it is in none
 * @param adminUrl where its admin server is
 * @param version of its build
 * @param started when it began to serve
 */
public record Member(String id, String address, int clusterPort, String adminUrl, String version, Instant started) {}
