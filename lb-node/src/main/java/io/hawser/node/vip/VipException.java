package io.hawser.node.vip;

/** The kernel refused what was asked of it; the message says what, and what an operator can do. */
public final class VipException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public VipException(String message) {
        super(message);
    }

    public VipException(String message, Throwable cause) {
        super(message, cause);
    }
}
