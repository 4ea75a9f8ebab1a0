package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.hawser.affinity.Clearing;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The other members, when each of them has to do something and say that it has. */
final class Members {

    /** Of {@link MemberConfig}. */
    static final String EXECUTOR = "hawser/members";

    private static final long CALL_SECONDS = 10;

    private final HazelcastInstance instance;

    Members(HazelcastInstance instance) {
        this.instance = instance;
    }

    /**
     * Makes every node forget what is cleared, this one too. Blocks until all have answered.
     *
     * @return the most entries that any of them has forgotten
     * @throws CompletionException when one that is there doesn't answer
     */
    int forget(String pool, Clearing clearing) {
        Map<Member, Future<Integer>> answers =
                instance.getExecutorService(EXECUTOR).submitToAllMembers(new Forget(pool, clearing));
        int most = 0;
        for (Map.Entry<Member, Future<Integer>> answer : answers.entrySet()) {
            try {
                most = Math.max(most, answer.getValue().get(CALL_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof MemberLeftException)
                        && !(e.getCause() instanceof TargetNotMemberException)) {
                    throw new CompletionException(silent(answer.getKey()), e.getCause());
                }
                // What it knew has gone with it.
            } catch (TimeoutException e) {
                throw new CompletionException(silent(answer.getKey()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException("the node stops", e);
            }
        }
        return most;
    }

    private static String silent(Member member) {
        return "node " + member.getAttribute(MemberConfig.NODE_ATTRIBUTE) + " does not answer";
    }
}
