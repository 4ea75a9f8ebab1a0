package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.demo.SessionStory.Turn;
import org.junit.jupiter.api.Test;

final class SessionStoryTest {

    private final SessionStory ticket = new SessionStory(SessionKind.TLS13_TICKET);
    private final SessionStory address = new SessionStory(SessionKind.CLIENT_ADDRESS);

    @Test
    void aSessionThatIsResumedWhereItBeganIsKept() {
        assertThat(ticket.answered("b1", false)).isEqualTo(Turn.BEGUN);
        assertThat(ticket.answered("b1", true)).isEqualTo(Turn.KEPT);
        assertThat(ticket.moved()).isFalse();
        assertThat(ticket.home()).isEqualTo("b1");
    }

    @Test
    void anotherBackendIsAMoveForGood() {
        ticket.answered("b1", false);
        assertThat(ticket.answered("b2", false)).isEqualTo(Turn.MOVED);
        assertThat(ticket.answered("b2", true)).isEqualTo(Turn.KEPT);
        assertThat(ticket.moved()).isTrue();
    }

    @Test
    void aFullHandshakeOnTheRightBackendIsNoMove() {
        ticket.answered("b1", false);
        assertThat(ticket.answered("b1", false)).isEqualTo(Turn.NOT_RESUMED);
        assertThat(ticket.moved()).isFalse();
    }

    @Test
    void aClientThatHadToForgetItsSessionBeginsAnotherAnywhere() {
        ticket.answered("b1", false);
        ticket.broken();
        assertThat(ticket.answered("b2", false)).isEqualTo(Turn.BEGUN_ANEW);
        assertThat(ticket.moved()).isFalse();
        assertThat(ticket.answered("b3", false)).as("only once").isEqualTo(Turn.MOVED);
    }

    @Test
    void aClientThatDidNotForgetItIsHeldToIt() {
        ticket.answered("b1", false);
        ticket.broken();
        assertThat(ticket.answered("b2", true)).isEqualTo(Turn.MOVED);
    }

    @Test
    void anAddressIsNeverForgotten() {
        address.answered("b1", false);
        assertThat(address.answered("b1", false)).isEqualTo(Turn.KEPT);
        address.broken();
        assertThat(address.answered("b2", false)).isEqualTo(Turn.MOVED);
    }
}
