package io.hawser.node.state;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that nodes tell each other, again and again, so that a message that is lost or not understood matters little.
 *
 * @param name a short one, for all nodes
 * @param version of the messages' layout: another one is not read
 */
public record Topic(String name, int version) {

    private static final Logger log = LoggerFactory.getLogger(Topic.class);

    /** Hears a message; called on a thread of the shared state's, and must not block. */
    public interface Hearing {
        void read(MessageReader message) throws MessageException;
    }

    /** Tells all other nodes that are there now. */
    public void tell(SharedState state, Consumer<MessageWriter> fields) {
        MessageWriter message = new MessageWriter(version);
        fields.accept(message);
        state.tell(name, message.toBytes());
    }

    /** Hears from now on what other nodes tell; what can't be understood is logged. */
    public void listen(SharedState state, Hearing hearing) {
        state.listen(name, message -> {
            try {
                hearing.read(new MessageReader(message, version));
            } catch (MessageException e) {
                if (e.isOfAnotherVersion()) {
                    log.debug("a message about {} is left to nodes that understand it: {}", name, e.getMessage());
                } else {
                    log.warn("what another node tells about {} is not understood: {}", name, e.getMessage());
                }
            }
        });
    }
}
