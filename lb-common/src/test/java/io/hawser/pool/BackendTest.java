package io.hawser.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.net.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackendTest {

    private static final Endpoint ADDRESS = new Endpoint("192.0.2.1", 443);

    @ParameterizedTest
    @CsvSource({
        // up, operator, weight, keeps sessions, takes sessions
        "true, READY, 100, true, true",
        "true, READY, 0, true, false",
        "true, DRAIN, 100, true, false",
        "true, DOWN, 100, false, false",
        "false, READY, 100, false, false",
        "false, DRAIN, 100, false, false",
        "false, DOWN, 0, false, false",
    })
    void keepsAndTakesSessions(boolean up, OperatorState operator, int weight, boolean keeps, boolean takes) {
        BackendView view = TestBackends.view("b", weight, up, operator);
        assertThat(view.keepsSessions()).isEqualTo(keeps);
        assertThat(view.takesSessions()).isEqualTo(takes);
    }

    @Test
    void isFullAtItsLimit() {
        BackendView view =
                new BackendView(TestBackends.backend("b", 2, false), true, OperatorState.READY, 1, new Load());
        TestBackends.open(view, 1);
        assertThat(view.isFull()).isFalse();
        TestBackends.open(view, 2);
        assertThat(view.isFull()).isTrue();
        // A reload may set a limit below what is open.
        TestBackends.open(view, 3);
        assertThat(view.isFull()).isTrue();
    }

    @Test
    void isNeverFullWithoutALimit() {
        BackendView view = TestBackends.up("b", 1);
        TestBackends.open(view, 100_000);
        assertThat(view.isFull()).isFalse();
    }

    @Test
    void refusesWhatNoConfigurationMaySay() {
        assertThatThrownBy(() -> new Backend("", ADDRESS, 1, 0, false)).hasMessageContaining("id is empty");
        assertThatThrownBy(() -> new Backend("b", ADDRESS, -1, 0, false)).hasMessageContaining("weight -1");
        assertThatThrownBy(() -> new Backend("b", ADDRESS, 1001, 0, false)).hasMessageContaining("weight 1001");
        assertThatThrownBy(() -> new Backend("b", ADDRESS, 1, -1, false)).hasMessageContaining("max-connections -1");
        assertThat(new Backend("b", ADDRESS, 0, 0, false).weight()).isZero();
        assertThat(new Backend("b", ADDRESS, 1000, 0, false).weight()).isEqualTo(Backend.MAX_WEIGHT);
    }
}
