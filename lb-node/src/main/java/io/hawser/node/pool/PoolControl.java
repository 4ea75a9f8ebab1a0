package io.hawser.node.pool;

import io.hawser.affinity.IssuerTable;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.health.HealthMachine;
import io.hawser.health.HealthReports;
import io.hawser.health.HealthSettings;
import io.hawser.health.HealthTransition;
import io.hawser.health.ProbePlan;
import io.hawser.health.SlowStart;
import io.hawser.health.Verdict;
import io.hawser.node.metrics.BackendMetrics;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.probe.ProbeOutcome;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.SharedTable;
import io.hawser.pool.Backend;
import io.hawser.pool.BackendView;
import io.hawser.pool.Load;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import io.hawser.selection.PoolView;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a pool's next state from what happens: probes, failed connects, operators, reloads, time.
 *
 * <p>Used on the control thread only; what the event loops report is brought there.
 */
public final class PoolControl {

    private static final Logger log = LoggerFactory.getLogger(PoolControl.class);

    private final NodeMetrics metrics;
    private final Executor controlThread;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final LocalAffinityTable mirror;
    private final SharedTable affinity;
    private final SharedState state;
    private final String self;
    private final PoolNews news;
    private final IssuerTable issuers = new IssuerTable();
    private final Pool pool;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Tickets> tickets = new HashMap<>();
    private Set<String> nodes;
    private Map<String, OperatorSetting> operated = Map.of();
    private PoolPlan plan;

    /** A backend as the control thread knows it. */
    private static final class Member {
        Backend backend;
        InetSocketAddress address;
        /** What this node finds by itself. */
        final HealthMachine health;
        /** What all nodes find. */
        final HealthReports reports = new HealthReports();
        /** Whether this node is one of those that probe it. */
        boolean probedHere = true;
        /** What follows from both. */
        Verdict verdict = Verdict.UNKNOWN;

        String reason;
        final Load load = new Load();
        final BackendMetrics metrics;
        final AtomicInteger failures = new AtomicInteger();
        final RecentRates rates = new RecentRates();
        OperatorSetting operator = OperatorSetting.NONE;
        long sinceNanos;
        /** Whether it came back after it was out, so that it starts slowly. */
        boolean startsSlowly;

        Member(Backend backend, InetSocketAddress address, HealthSettings health, BackendMetrics metrics, long now) {
            this.backend = backend;
            this.address = address;
            this.health = new HealthMachine(health);
            this.reason = this.health.reason();
            this.metrics = metrics;
            this.sinceNanos = now;
        }

        int weight() {
            Integer operators = operator.weight();
            return operators != null ? operators : backend.weight();
        }
    }

    /**
     * Makes the pool.
     *
     * @param state what is shared with other nodes
     * @param self this node's id
     * @param news takes what other nodes should know
     * @param controlThread where every other method is called, and where reports are brought
     */
    public PoolControl(
            PoolPlan plan,
            SharedState state,
            String self,
            PoolNews news,
            NodeMetrics metrics,
            Executor controlThread,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.state = state;
        this.self = self;
        this.nodes = Set.of(self);
        this.news = news;
        this.plan = plan;
        this.metrics = metrics;
        this.controlThread = controlThread;
        this.nanoTime = nanoTime;
        this.random = random;
        this.mirror = new LocalAffinityTable(plan.affinityTtlMillis(), plan.affinityMaxEntries(), random.nextLong());
        this.affinity = state.share(
                plan.id(),
                mirror,
                plan.affinityTtlMillis(),
                plan.affinityMaxEntries(),
                new CountedTableEvents(metrics.affinity(plan.id())));
        merge(plan);
        issuers.configure(plan.ticketKeyNames());
        this.pool = new Pool(
                plan.id(),
                affinity,
                issuers,
                found -> news.issuersFound(plan.id(), found),
                metrics.affinity(plan.id()),
                stateNow());
        metrics.affinity(plan.id()).table(affinity::size, affinity::evictions);
        metrics.sampled().failOpen(plan.id(), () -> pool.state().view().failingOpen());
    }

    public Pool pool() {
        return pool;
    }

    /** What all nodes remember of the pool's sessions. */
    public SharedTable sharedTable() {
        return affinity;
    }

    public PoolPlan plan() {
        return plan;
    }

    /** Takes a changed configuration in; what is known of backends that stay is kept. */
    public void become(PoolPlan next) {
        PoolPlan before = plan;
        plan = next;
        affinity.reconfigure(next.affinityTtlMillis(), next.affinityMaxEntries());
        if (!next.ticketKeyNames().equals(before.ticketKeyNames())) {
            issuers.configure(next.ticketKeyNames());
        }
        merge(next);
        publish();
    }

    private void merge(PoolPlan next) {
        Map<String, Member> kept = new HashMap<>(members);
        members.clear();
        for (PoolPlan.Resolved resolved : next.backends()) {
            String id = resolved.backend().id();
            Member known = kept.remove(id);
            if (known != null && known.address.equals(resolved.address())) {
                known.health.reconfigure(settings(known));
                known.backend = resolved.backend();
                settle(id, known);
                members.put(id, known);
                continue;
            }
            BackendMetrics counters = metrics.backend(next.id(), id);
            Member member =
                    new Member(resolved.backend(), resolved.address(), next.health(), counters, nanoTime.getAsLong());
            counters.up(true);
            // Perhaps another machine under the name; what operators have set of the name still holds.
            member.operator = operated.getOrDefault(id, OperatorSetting.NONE);
            members.put(id, member);
        }
        kept.forEach((id, gone) -> metrics.removeBackend(next.id(), id));
        tickets.keySet().retainAll(members.keySet());
        issuers.retain(members.keySet(), nanoTime.getAsLong() / 1_000_000);
    }

    /**
     * A probe has ended.
     *
     * @return whether the backend has come back by it, perhaps as a new process
     */
    public boolean probed(String backend, ProbeOutcome outcome) {
        Member member = members.get(backend);
        if (member == null) {
            return false;
        }
        member.metrics.healthCheck(outcome.label());
        HealthTransition change = null;
        if (outcome instanceof ProbeOutcome.Passed) {
            change = member.health.probeSucceeded(nanoTime.getAsLong());
        } else if (outcome instanceof ProbeOutcome.Failed failed) {
            change = member.health.probeFailed(failed.why());
        }
        changed(backend, member, change);
        return change != null && change.readmits();
    }

    /**
     * A backend has given these session tickets to a probe.
     *
     * @param given all different; none when it gives none
     */
    public void ticketsGiven(String backend, List<byte[]> given) {
        if (!members.containsKey(backend)) {
            return;
        }
        Tickets found = Tickets.of(given);
        Tickets before = tickets.put(backend, found);
        news.issuersFound(plan.id(), issuers.probed(given, backend, nanoTime.getAsLong() / 1_000_000));
        if (before != found) {
            log.info("pool {} backend {}: {}", plan.id(), backend, found.description());
        }
    }

    /** What kind of session tickets a backend gives; null while that is not known. */
    public @Nullable Tickets tickets(String backend) {
        return tickets.get(backend);
    }

    /** Time has passed: ejections end, slow starts go on, expired affinity goes. Called about once a second. */
    public void tick() {
        boolean slow = false;
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            Member member = entry.getValue();
            HealthTransition change = member.health.tick(nanoTime.getAsLong());
            if (change == null) {
                // What others said may have become too old to count.
                slow |= settle(entry.getKey(), member);
            } else {
                changed(entry.getKey(), member, change);
            }
            slow |= member.startsSlowly;
            member.rates.sample(nanoTime.getAsLong(), member.metrics);
        }
        if (slow) {
            publish();
        }
        mirror.sweep(nanoTime.getAsLong() / 1_000_000);
    }

    /**
     * Puts in force what operators have set.
     *
     * @param settings of all backends of which any is set, by id; those that are not there yet may be among them
     */
    public void operated(Map<String, OperatorSetting> settings) {
        operated = Map.copyOf(settings);
        boolean changed = false;
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            changed |= obey(entry.getKey(), entry.getValue());
        }
        if (changed) {
            publish();
        }
    }

    private boolean obey(String backend, Member member) {
        OperatorSetting before = member.operator;
        OperatorSetting now = operated.getOrDefault(backend, OperatorSetting.NONE);
        if (now.equals(before)) {
            return false;
        }
        int weight = member.weight();
        member.operator = now;
        if (now.state() != before.state()) {
            log.info("pool {} backend {} is set {} by the operator", pool.id(), backend, now.state());
        }
        if (member.weight() != weight) {
            log.info("pool {} backend {} is given the weight {} by the operator", pool.id(), backend, member.weight());
        }
        return true;
    }

    /** Every backend and how it stands. */
    public List<Standing> standings() {
        long now = nanoTime.getAsLong();
        List<Standing> standings = new ArrayList<>();
        members.forEach((id, member) -> standings.add(new Standing(
                member.backend,
                member.verdict,
                reason(member, now),
                member.operator.state(),
                member.weight(),
                weightNow(member, now),
                now - member.sinceNanos,
                member.load,
                member.rates.means(),
                member.metrics)));
        return standings;
    }

    private String reason(Member member, long now) {
        int rise = member.health.rise(now);
        return member.verdict != Verdict.DOWN
                        || !member.probedHere
                        || rise <= plan.health().rise()
                ? member.reason
                : member.reason + "; it goes up and down too often, and is up again after " + rise
                        + " good probes in a row";
    }

    private void changed(String id, Member member, @Nullable HealthTransition change) {
        if (change == null) {
            // It says the same, but not as long ago.
            return;
        }
        if (settle(id, member)) {
            publish();
        }
        news.healthChanged(this);
    }

    /** Draws the conclusion from what this node and the others find; says whether it is another one than before. */
    private boolean settle(String id, Member member) {
        Verdict before = member.verdict;
        conclude(member);
        if (before == member.verdict) {
            return false;
        }
        note(id, member, new HealthTransition(before, member.verdict, member.reason));
        return true;
    }

    private void conclude(Member member) {
        Verdict own = member.health.verdict();
        OwnView view = ownView(member);
        long nowMillis = nanoTime.getAsLong() / 1_000_000;
        if (view == null) {
            member.reports.withdraw(self);
        } else {
            member.reports.report(new HealthReports.Report(self, view.up(), view.reason(), nowMillis));
        }
        member.verdict = own;
        member.reason = member.health.reason();
        // Whether connections can be made is this node's own matter: only it may be cut off.
        if (nodes.size() > 1 && own != Verdict.EJECTED && plan.health().probed()) {
            HealthReports.Opinion opinion = member.reports.opinion(nodes, nowMillis);
            if (opinion.verdict() != Verdict.UNKNOWN && opinion.verdict() != own) {
                member.verdict = opinion.verdict();
                member.reason = opinion.reason();
            }
        }
    }

    /** Who is there; those that are not are no longer heard. */
    public void meet(Set<String> ids) {
        nodes = Set.copyOf(ids);
        boolean changed = false;
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            Member member = entry.getValue();
            boolean probe = ProbePlan.probes(self, nodes, plan.id(), entry.getKey());
            if (probe != member.probedHere) {
                member.probedHere = probe;
                member.health.reconfigure(settings(member));
            }
            changed |= settle(entry.getKey(), member);
        }
        if (changed) {
            publish();
        }
    }

    private HealthSettings settings(Member member) {
        HealthSettings configured = plan.health();
        return member.probedHere
                ? configured
                : new HealthSettings(
                        false,
                        configured.rise(),
                        configured.fall(),
                        configured.ejectAfterFailures(),
                        configured.ejectNanos());
    }

    /**
     * What one node finds by its probes.
     *
     * @param up whether they succeed
     * @param reason why not, for people
     */
    public record OwnView(boolean up, String reason) {}

    /** What this node finds by its probes of each backend that it probes; those not probed yet are missing. */
    public Map<String, OwnView> ownViews() {
        Map<String, OwnView> views = new LinkedHashMap<>();
        members.forEach((id, member) -> {
            OwnView view = ownView(member);
            if (view != null) {
                views.put(id, view);
            }
        });
        return views;
    }

    private @Nullable OwnView ownView(Member member) {
        return !member.probedHere || !plan.health().probed() || member.health.verdict() == Verdict.UNKNOWN
                ? null
                : new OwnView(member.health.verdict() != Verdict.DOWN, member.health.reason());
    }

    /** Another node has said what it finds of a backend. */
    public void heard(String node, String backend, OwnView view) {
        Member member = members.get(backend);
        if (member != null) {
            member.reports.report(
                    new HealthReports.Report(node, view.up(), view.reason(), nanoTime.getAsLong() / 1_000_000));
            if (settle(backend, member)) {
                publish();
            }
        }
    }

    /** The pool is no longer configured here. */
    public void close() {
        state.unshare(plan.id());
        metrics.removePool(plan.id());
    }

    private void note(String id, Member member, HealthTransition change) {
        member.sinceNanos = nanoTime.getAsLong();
        member.startsSlowly = change.readmits() && plan.slowStartNanos() > 0;
        member.metrics.up(change.to().up());
        if (change.removes() || change.readmits()) {
            log.warn("pool {} backend {} is {}: {}", plan.id(), id, change.to().label(), change.reason());
        }
    }

    private void publish() {
        boolean wasOpen = pool.state().view().failingOpen();
        pool.become(stateNow());
        boolean open = pool.state().view().failingOpen();
        if (open && !wasOpen) {
            log.error("pool {} fails open: all its backends look down, so all are tried", pool.id());
        } else if (wasOpen && !open) {
            log.warn("pool {} no longer fails open", pool.id());
        }
    }

    private Pool.State stateNow() {
        long now = nanoTime.getAsLong();
        List<BackendView> views = new ArrayList<>();
        Map<String, Target> targets = new HashMap<>();
        members.forEach((id, member) -> {
            views.add(new BackendView(
                    member.backend, member.verdict.up(), member.operator.state(), weightNow(member, now), member.load));
            targets.put(id, new Target(id, member.address, member.load, member.metrics, member.failures, reports));
        });
        return new Pool.State(
                plan.settings(), PoolView.of(plan.id(), plan.settings().balance(), views, random), targets);
    }

    private int weightNow(Member member, long now) {
        if (!member.startsSlowly) {
            return member.weight();
        }
        long sinceUp = now - member.sinceNanos;
        if (sinceUp >= plan.slowStartNanos() || member.verdict != Verdict.UP) {
            member.startsSlowly = false;
            return member.weight();
        }
        return new SlowStart(plan.slowStartNanos()).weight(member.weight(), sinceUp);
    }

    private final Target.Reports reports = new Target.Reports() {
        @Override
        public void connectFailed(String backend, String why) {
            controlThread.execute(() -> {
                Member member = members.get(backend);
                if (member != null) {
                    changed(backend, member, member.health.connectFailed(nanoTime.getAsLong(), why));
                }
            });
        }

        @Override
        public void connectSucceeded(String backend) {
            controlThread.execute(() -> {
                Member member = members.get(backend);
                if (member != null) {
                    member.health.connectSucceeded();
                }
            });
        }
    };

    /**
     * How one backend stands.
     *
     * @param weight the operator's or the configured one
     * @param weightNow the one in force
     * @param sinceNanos since the verdict last changed
     * @param rates of late
     */
    public record Standing(
            Backend backend,
            Verdict verdict,
            String reason,
            OperatorState operator,
            int weight,
            int weightNow,
            long sinceNanos,
            Load load,
            RecentRates.Means rates,
            BackendMetrics metrics) {}
}
