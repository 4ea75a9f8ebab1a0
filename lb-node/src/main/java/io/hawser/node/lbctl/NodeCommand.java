package io.hawser.node.lbctl;

import picocli.CommandLine.Command;

/** {@code lbctl node}: what can be done to one node. */
@Command(
        name = "node",
        description = "Drain a node, or use it again.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class NodeCommand {}
