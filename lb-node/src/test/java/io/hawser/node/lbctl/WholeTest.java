package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.hawser.node.admin.AdminJson;
import io.hawser.node.admin.NodeStatus;
import io.hawser.node.admin.PoolStatus;
import org.junit.jupiter.api.Test;

/** What is read from a node of another version. */
final class WholeTest {

    @Test
    void mayLackNumbersAndWhatMayBeNull() throws JsonProcessingException {
        PoolStatus pool = AdminJson.mapper()
                .readValue("{\"pool\":\"shop\",\"balance\":\"maglev\",\"backends\":[],\"new\":1}", PoolStatus.class);

        assertThat(Whole.missing(pool)).isNull();
    }

    @Test
    void mustHaveAllElse() throws JsonProcessingException {
        assertThat(Whole.missing(AdminJson.mapper().readValue("{\"version\":\"1\"}", NodeStatus.class)))
                .isEqualTo("'node'");
        assertThat(Whole.missing(AdminJson.mapper()
                        .readValue(
                                "{\"pool\":\"shop\",\"balance\":\"maglev\",\"backends\":[{\"address\":\"a:1\"}]}",
                                PoolStatus.class)))
                .as("in an element of a list")
                .isEqualTo("'backend'");
    }
}
