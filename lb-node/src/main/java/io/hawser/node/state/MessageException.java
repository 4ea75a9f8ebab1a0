package io.hawser.node.state;

import java.io.IOException;

/** A message of another node's that this one does not understand. */
public final class MessageException extends IOException {

    private static final long serialVersionUID = 1;

    private final boolean ofAnotherVersion;

    private MessageException(String why, boolean ofAnotherVersion) {
        super(why);
        this.ofAnotherVersion = ofAnotherVersion;
    }

    static MessageException damaged(String why) {
        return new MessageException(why, false);
    }

    static MessageException ofVersion(int version, int understood) {
        return new MessageException(
                "it is of version " + version + ", and this node understands version " + understood, true);
    }

    /** Whether it is whole, and meant for nodes of another version: no more than a sign of an upgrade under way. */
    public boolean isOfAnotherVersion() {
        return ofAnotherVersion;
    }
}
