package io.hawser.node.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a demonstration is asked for.
 *
 * @param traffic how long clients come before the verdict
 * @param nodes how many nodes there are, 3 or more: one dies, and the VIP moves on between the others
 * @param keep whether all goes on after the verdict until it is interrupted
 * @param affinity whether the pool ties sessions to backends; without it the verdict has to be bad
 * @param distribution the directory with {@code bin/lb-node}
 */
public record DemoSettings(Duration traffic, int nodes, boolean keep, boolean affinity, Path distribution) {}
