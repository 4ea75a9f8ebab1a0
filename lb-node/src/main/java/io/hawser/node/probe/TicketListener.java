package io.hawser.node.probe;

import java.util.List;

/** Hears what session tickets backends give. Called on the prober's event loop; must not block. */
public interface TicketListener {

    /**
     * A backend has given these tickets, one after another; none when it gives none at all.
     *
     * @param tickets all different
     */
    void onTickets(String pool, String backend, List<byte[]> tickets);

    /**
     * A backend could not be asked.
     *
     * @param why for people
     */
    void onFailure(String pool, String backend, String why);
}
