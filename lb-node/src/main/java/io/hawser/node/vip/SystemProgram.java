package io.hawser.node.vip;

import java.util.List;

/** How programs of the system are started. */
final class SystemProgram {

    private SystemProgram() {}

    /** Not started yet; finds also what only administrators have in their path. */
    static ProcessBuilder of(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        return builder;
    }
}
