package io.hawser.node.command;

import java.lang.reflect.Proxy;

/**
 * Hears the signals that an operator sends to the process.
 *
 * <p>A JVM has only sun.misc.Signal for it (module jdk.unsupported), of which the compiler warns whatever it is told;
 * so it is reached by reflection.
 */
public final class Signals {

    private Signals() {}

    /**
     * Runs the action whenever the signal arrives, on a thread of the JVM's.
     *
     * @param name without SIG: {@code HUP}, {@code TERM}
     * @throws IllegalStateException when this JVM can't hear it
     */
    public static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM can't hear SIG" + name, e);
        }
    }
}
