package io.hawser.node;

import io.hawser.config.ConfigDiff;
import io.hawser.config.ConfigError;
import io.hawser.config.ConfigReader;
import io.hawser.config.ConfigResult;
import io.hawser.config.Defaults;
import io.hawser.config.HawserConfig;
import io.hawser.node.admin.AdminSettings;
import io.hawser.node.admin.Change;
import io.hawser.node.connection.ListenException;
import io.hawser.node.file.FileProblem;
import io.hawser.node.pool.PoolPlan;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node take its changed file in: one reload after the other, on a thread of its own until all that must be looked
 * up is, for a name server may take its time.
 */
final class Reloads {

    private static final Logger log = LoggerFactory.getLogger(Reloads.class);

    /** Each takes in what the file holds when its turn comes, so that more would change nothing more. */
    private static final int MAX_WAITING = 4;

    /** The answer to the request has them all. */
    private static final int MAX_CHANGES_LOGGED = 100;

    private final Node node;
    private final NodeStatusBoard board;
    private final Defaults defaults;
    private final ExecutorService thread = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), new DefaultThreadFactory("reload"));

    Reloads(Node node, NodeStatusBoard board, Defaults defaults) {
        this.node = node;
        this.board = board;
        this.defaults = defaults;
    }

    /** Reads the file and takes it in; a file with an error changes nothing. Any thread. */
    CompletableFuture<Change> reload() {
        try {
            return CompletableFuture.supplyAsync(this::reloadNow, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new Change.Refused(
                    "other reloads wait already, or the node stops; what the file holds is taken in by those",
                    List.of()));
        }
    }

    void stop() {
        thread.shutdownNow();
    }

    private Change reloadNow() {
        Change change;
        try {
            change = tryReload();
        } catch (RuntimeException e) {
            log.error("reload failed: this is a fault of Hawser", e);
            node.metrics().reloaded(false);
            throw e;
        }
        node.metrics().reloaded(change instanceof Change.Applied);
        if (change instanceof Change.Applied applied) {
            applied.changes().stream()
                    .limit(MAX_CHANGES_LOGGED)
                    .forEach(setting -> log.info("reload: {}", setting.description()));
            log.info("{}", applied.summary());
        } else if (change instanceof Change.Refused refused) {
            board.reloadRefused();
            refused.problems().forEach(problem -> log.error("{}", problem));
            log.error("reload refused, nothing has changed: {}", refused.why());
        }
        return change;
    }

    private Change tryReload() {
        node.identities().look();
        Path file = node.file();
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            return new Change.Refused("cannot read " + file + ": " + FileProblem.of(e), List.of());
        }
        ConfigResult result = ConfigReader.read(file.toString(), text, defaults);
        if (result instanceof ConfigResult.Invalid invalid) {
            return new Change.Refused(
                    file + " has errors",
                    invalid.errors().stream().map(ConfigError::toString).toList());
        }
        try {
            return takeIn(((ConfigResult.Valid) result).config());
        } catch (IOException | ListenException | IllegalArgumentException e) {
            return new Change.Refused(String.valueOf(e.getMessage()), List.of());
        }
    }

    private Change takeIn(HawserConfig next) throws IOException, ListenException {
        // Only this thread changes it once the node serves.
        HawserConfig before = node.config();
        Map<String, PoolPlan> plans = node.onControl(node::plans);
        Prepared prepared = Prepared.of(ConfigDiff.takenInByReload(before, next), plans);
        node.warmUpFor(prepared);
        return node.onControl(() -> {
            if (board.isDraining()) {
                return new Change.Refused("the node is draining", List.of());
            }
            AdminSettings adminBefore = node.retake(prepared);
            ReloadReport report = new ReloadReport();
            report.keys(ConfigDiff.between(before, next), node.pools());
            report.addresses(plans, prepared.pools());
            report.token(next.admin().tokenFile(), adminBefore, prepared.admin());
            board.reloaded(report.waiting());
            return report.applied(node.file());
        });
    }
}
