package io.hawser.node.probe;

/**
 * What a prober is doing, at one moment.
 *
 * @param targets backends that are to be probed
 * @param running probes with a connection open or on its way
 * @param waiting probes that are due and wait for one of those to end
 * @param started probes started so far
 * @param delayed probes so far that had to wait; when it grows steadily, more probes must be allowed at once, or fewer
 *     asked for
 */
public record ProbeCounts(int targets, int running, int waiting, long started, long delayed) {}
