package io.hawser.node.admin;

/**
 * How much the admin server grants its clients, who may be hostile.
 *
 * @param maxConnections open at once; more are closed at once
 * @param maxBodyBytes of a request
 * @param requestMillis how long a request may take to arrive, how long a connection may be idle, and how long an answer
 *     may take to be read
 * @param answerMillis how long the node may take to answer before the client is told so; less than requestMillis
 */
record AdminLimits(int maxConnections, int maxBodyBytes, long requestMillis, long answerMillis) {

    static final int MAX_REQUEST_LINE = 4096;
    static final int MAX_HEADER_BYTES = 16 * 1024;

    static final AdminLimits DEFAULT = new AdminLimits(128, 16 * 1024, 60_000, 50_000);
}
