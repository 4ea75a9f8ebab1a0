package io.hawser.node.admin;

/**
 * What a change that is in force is answered with.
 *
 * @param summary what has changed, from what to what
 */
public record AppliedBody(String summary) {}
