package io.hawser.node.admin;

import java.util.List;

/**
 * What every refused request is answered with.
 *
 * @param error what went wrong, as a fixed word for programs
 * @param message what went wrong and what to do, for people
 * @param problems more, one line each; mostly empty
 */
public record ErrorBody(String error, String message, List<String> problems) {}
