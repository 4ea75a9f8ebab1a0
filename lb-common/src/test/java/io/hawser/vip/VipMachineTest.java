package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The life of a claim, step by step; times are in milliseconds. */
final class VipMachineTest {

    private static final LeaseTiming TIMING = LeaseTiming.of(TimeUnit.SECONDS.toNanos(3));
    private static final long HOLD_OUT = TIMING.holdOutNanos();
    private static final long QUIET = TIMING.quietNanos();
    private static final ClaimView FREE = new ClaimView(4, true, 0, 0, null, Set.of());

    private final VipMachine machine = new VipMachine("lb1", TIMING, Announcements.USUAL);
    /** Near the end of the clock's range, which it must not care about. */
    private long now = Long.MAX_VALUE - millis(1000);

    @Test
    void claimsAFreeVipThatItIsWantedToOwnAndHoldsIt() {
        assertThat(on(new VipEvent.Connected(7))).containsExactly(new VipAction.ReadClaim());
        assertThat(on(new VipEvent.ClaimRead(FREE))).containsExactly(new VipAction.Standby(false));
        assertThat(on(new VipEvent.Wanted("lb1")))
                .containsExactly(new VipAction.Standby(true), new VipAction.Claim(4, HOLD_OUT, QUIET));
        long sent = now;
        pass(10);
        assertThat(on(new VipEvent.ClaimAnswered(true)))
                .containsExactly(
                        new VipAction.Standby(false),
                        new VipAction.Hold(5, 1, sent + TIMING.writeDeadlineNanos()),
                        new VipAction.ReadClaim());
        assertThat(machine.isOwner()).isTrue();
        assertThat(machine.holds()).isTrue();
    }

    @Test
    void claimsNothingThatIsAnothersOrThatItIsNotWantedToOwn() {
        connect(owned("lb2", 9, 5, 0), "lb1");
        assertThat(tick(60_000)).isEmpty();
        assertThat(on(new VipEvent.Wanted("lb3"))).containsExactly(new VipAction.Standby(false));
        on(new VipEvent.Changed());
        assertThat(on(new VipEvent.ClaimRead(FREE))).isEmpty();
        assertThat(machine.ownerSeen()).isNull();
    }

    @Test
    void renewsInTimeAndKeepsTheAddressOnlyWhenAnsweredInTime() {
        own();
        assertThat(tick(249)).isEmpty();
        assertThat(tick(1)).containsExactly(new VipAction.Renew(5, 1));
        long sent = now;
        pass(249);
        assertThat(on(new VipEvent.RenewAnswered(1, true)))
                .contains(new VipAction.Hold(5, 1, sent + TIMING.writeDeadlineNanos()));
        assertThat(tick(1)).containsExactly(new VipAction.Renew(5, 2));
        pass(250);
        assertThat(on(new VipEvent.RenewAnswered(2, true)))
                .as("too late: another is sent")
                .containsExactly(new VipAction.Renew(5, 3));
        assertThat(on(new VipEvent.RenewAnswered(2, true)))
                .as("an answer that nobody waits for")
                .isEmpty();
    }

    @Test
    void letsGoWhenItIsNotAnswered() {
        own();
        tick(250);
        assertThat(tick(249)).isEmpty();
        assertThat(tick(500)).containsExactly(new VipAction.Renew(5, 2));
        assertThat(tick(1)).containsExactly(new VipAction.Drop(1, false));
        assertThat(machine.holds()).isFalse();
        assertThat(machine.isOwner()).as("the claim may be its own still").isTrue();
        on(new VipEvent.Dropped(1));
        pass(10);
        assertThat(on(new VipEvent.RenewAnswered(2, true))).contains(hold(5, -11));
    }

    @Test
    void afterAPauseTrustsNothingThatItWasToldBefore() {
        own();
        tick(250);
        pass(60_000);
        assertThat(on(new VipEvent.RenewAnswered(1, true)))
                .containsExactly(new VipAction.Drop(1, false), new VipAction.Renew(5, 2));
        assertThat(on(new VipEvent.RenewAnswered(2, false))).doesNotHaveAnyElementsOfTypes(VipAction.Hold.class);
        assertThat(machine.isOwner()).isFalse();
    }

    @Test
    void losesAllWithItsSession() {
        own();
        assertThat(on(new VipEvent.SessionLost())).containsExactly(new VipAction.Drop(1, false));
        assertThat(machine.isOwner()).isFalse();
        assertThat(on(new VipEvent.Connected(8))).containsExactly(new VipAction.ReadClaim());
    }

    @Test
    void keepsItsLeaseWhileItIsDisconnectedForAMoment() {
        own();
        assertThat(on(new VipEvent.Disconnected())).isEmpty();
        assertThat(tick(700)).isEmpty();
        assertThat(on(new VipEvent.Connected(7)))
                .containsExactlyInAnyOrder(new VipAction.ReadClaim(), new VipAction.Renew(5, 1));
        assertThat(machine.holds()).isTrue();
    }

    @Test
    void waitsForTheHoldOutOfAClaimThatEndedWithoutRelease() {
        connect(owned("lb2", 9, 5, 0), "lb1");
        pass(1000);
        on(new VipEvent.Renewed());
        long seen = now;
        pass(1000);
        on(new VipEvent.Changed());
        assertThat(on(new VipEvent.ClaimRead(new ClaimView(5, false, HOLD_OUT, QUIET, null, Set.of("lb1")))))
                .isEmpty();
        assertThat(machine.delayNanos(now)).isEqualTo(HOLD_OUT - (now - seen));
        now = seen + HOLD_OUT - 1;
        assertThat(on(new VipEvent.Tick())).isEmpty();
        now++;
        assertThat(on(new VipEvent.Tick())).containsExactly(new VipAction.Claim(5, HOLD_OUT, QUIET));
    }

    @Test
    void waitsFromNowWhenItDidNotWatchTheClaimTillTheEnd() {
        connect(owned("lb2", 9, 5, 0), "lb1");
        pass(5000);
        on(new VipEvent.Disconnected());
        on(new VipEvent.Connected(7));
        on(new VipEvent.ClaimRead(new ClaimView(5, false, HOLD_OUT, QUIET, null, Set.of())));
        assertThat(machine.delayNanos(now)).isEqualTo(HOLD_OUT);
    }

    @Test
    void handsOverToWhoStandsByAndReleasesWhenTheAddressIsGone() {
        own();
        assertThat(on(new VipEvent.Wanted("lb2"))).as("lb2 may not be ready").isEmpty();
        on(new VipEvent.Changed());
        ClaimView standing =
                new ClaimView(5, false, HOLD_OUT, QUIET, new ClaimView.Owner("lb1", 7, 5, 0), Set.of("lb2"));
        assertThat(on(new VipEvent.ClaimRead(standing))).containsExactly(new VipAction.Drop(1, true));
        assertThat(tick(100)).isEmpty();
        assertThat(on(new VipEvent.Dropped(1))).containsExactly(new VipAction.Release(5));
        assertThat(on(new VipEvent.ReleaseAnswered())).containsExactly(new VipAction.ReadClaim());
        assertThat(machine.isMoving()).isFalse();
    }

    @Test
    void takesNoOldRemovalForTheLast() {
        own();
        pass(1100);
        assertThat(on(new VipEvent.Tick())).containsExactly(new VipAction.Drop(1, false), new VipAction.Renew(5, 1));
        pass(5);
        on(new VipEvent.RenewAnswered(1, true));
        assertThat(on(new VipEvent.Stop())).containsExactly(new VipAction.Drop(2, true));
        assertThat(on(new VipEvent.Dropped(1)))
                .as("the kernel was told to hold it since")
                .isEmpty();
        assertThat(on(new VipEvent.Dropped(2))).containsExactly(new VipAction.Release(5));
    }

    @Test
    void dropsAgainUntilItIsSure() {
        own();
        assertThat(on(new VipEvent.Stop())).containsExactly(new VipAction.Drop(1, true));
        assertThat(tick(1000)).containsExactly(new VipAction.Drop(2, true));
    }

    @Test
    void stopsForGood() {
        own();
        on(new VipEvent.Stop());
        on(new VipEvent.Dropped(1));
        on(new VipEvent.ReleaseAnswered());
        assertThat(on(new VipEvent.ClaimRead(FREE))).isEmpty();
    }

    @Test
    void releasesADeadNodesClaimOnProofOnly() {
        connect(owned("lb2", 9, 5, 3), "lb1");
        assertThat(on(new VipEvent.Refused("lb3"))).containsExactly(new VipAction.ReadClaim());
        on(new VipEvent.ClaimRead(owned("lb2", 9, 5, 3)));
        pass(1000);
        on(new VipEvent.Renewed());
        long seen = now;
        pass(100);
        on(new VipEvent.Refused("lb2"));
        assertThat(on(new VipEvent.ClaimRead(owned("lb2", 9, 5, 4))))
                .as("it might be acting on its last renewal")
                .isEmpty();
        assertThat(machine.delayNanos(now)).isEqualTo(QUIET - (now - seen));
        now = seen + QUIET;
        assertThat(on(new VipEvent.Tick())).containsExactly(new VipAction.Probe("lb2"));
        assertThat(on(new VipEvent.Probed(false))).as("somebody answers").isEmpty();
        assertThat(tick(50)).containsExactly(new VipAction.Probe("lb2"));
        assertThat(on(new VipEvent.Probed(true))).containsExactly(new VipAction.ReleaseDead(5, 4, true));
    }

    @Test
    void dropsTheProofWhenTheDeadRenews() {
        connect(owned("lb2", 9, 5, 3), "lb1");
        on(new VipEvent.Refused("lb2"));
        pass(1000);
        assertThat(on(new VipEvent.ClaimRead(owned("lb2", 9, 5, 3)))).containsExactly(new VipAction.Probe("lb2"));
        on(new VipEvent.Renewed());
        assertThat(on(new VipEvent.Probed(true))).isEmpty();
    }

    @Test
    void takesThePlaceOfASilentOwnerAsItsHeir() {
        connect(owned("lb2", 9, 5, 3), "lb2");
        on(new VipEvent.Heir("lb1"));
        pass(200);
        on(new VipEvent.Renewed());
        assertThat(machine.delayNanos(now)).isEqualTo(HOLD_OUT);
        now += HOLD_OUT - 1;
        assertThat(on(new VipEvent.Tick())).isEmpty();
        now += 1;
        assertThat(on(new VipEvent.Tick()))
                .as("what was read is older than what was seen")
                .containsExactly(new VipAction.ReadClaim());
        assertThat(on(new VipEvent.ClaimRead(owned("lb2", 9, 5, 4))))
                .containsExactly(new VipAction.ReleaseDead(5, 4, false));
        assertThat(tick(100)).as("once is enough").isEmpty();
        assertThat(on(new VipEvent.Changed())).containsExactly(new VipAction.ReadClaim());
        assertThat(on(new VipEvent.ClaimRead(new ClaimView(6, true, 0, 0, null, Set.of()))))
                .as("though it is wanted on lb2, whose session lives on")
                .containsExactly(new VipAction.Claim(6, HOLD_OUT, QUIET));
    }

    @Test
    void leavesASilentOwnerToItsHeir() {
        connect(owned("lb2", 9, 5, 3), "lb2");
        on(new VipEvent.Heir("lb3"));
        now += 2 * HOLD_OUT;
        assertThat(on(new VipEvent.Tick())).isEmpty();
    }

    @Test
    void doesNotTakeThePlaceOfAnOwnerThatIsHeardOfAgain() {
        connect(owned("lb2", 9, 5, 3), "lb2");
        on(new VipEvent.Heir("lb1"));
        now += HOLD_OUT;
        assertThat(on(new VipEvent.Tick())).containsExactly(new VipAction.ReleaseDead(5, 3, false));
        on(new VipEvent.Renewed());
        on(new VipEvent.Changed());
        assertThat(on(new VipEvent.ClaimRead(owned("lb2", 9, 5, 4)))).isEmpty();
        assertThat(machine.delayNanos(now)).isEqualTo(HOLD_OUT);
        on(new VipEvent.Changed());
        assertThat(on(new VipEvent.ClaimRead(new ClaimView(6, true, 0, 0, null, Set.of("lb3")))))
                .as("it was let go meanwhile")
                .isEmpty();
    }

    @Test
    void adoptsAClaimWhoseAnswerWasLost() {
        connect(FREE, "lb1");
        on(new VipEvent.Disconnected());
        on(new VipEvent.Connected(7));
        assertThat(on(new VipEvent.ClaimRead(owned("lb1", 7, 5, 0)))).contains(new VipAction.Renew(5, 1));
        assertThat(machine.isOwner()).isTrue();
        assertThat(machine.holds()).isFalse();
    }

    @Test
    void givesUpAVipThatItsKernelRefusesAndRestsBeforeItTriesAgain() {
        own();
        assertThat(on(new VipEvent.HoldFailed("no such device"))).containsExactly(new VipAction.Drop(1, false));
        on(new VipEvent.Dropped(1));
        on(new VipEvent.ReleaseAnswered());
        assertThat(on(new VipEvent.ClaimRead(FREE))).isEmpty();
        assertThat(tick(4900)).isEmpty();
        assertThat(tick(200)).contains(new VipAction.Claim(4, HOLD_OUT, QUIET));
    }

    @Test
    void triesAgainWhenItActedTooLate() {
        own();
        assertThat(on(new VipEvent.TooLate(5)))
                .containsExactly(new VipAction.Drop(1, false), new VipAction.Renew(5, 1));
    }

    @Test
    void announcesAtOnceAndAgain() {
        own();
        assertThat(on(new VipEvent.Held(5))).containsExactly(new VipAction.Announce(heldUntil()));
        assertThat(tick(99)).isEmpty();
        assertThat(tick(1)).containsExactly(new VipAction.Announce(heldUntil()));
        assertThat(Announcements.USUAL.delayNanos(2)).isEqualTo(millis(1000));
        assertThat(Announcements.USUAL.delayNanos(3)).isEqualTo(millis(5000));
        assertThat(Announcements.USUAL.delayNanos(5)).isEqualTo(millis(65_000));
        assertThat(new Announcements(List.of(), 0).delayNanos(0)).isNegative();
    }

    @Test
    void refusesTimesByWhichTwoCouldHold() {
        assertThatThrownBy(() -> new VipMachine("lb1", LeaseTiming.of(millis(2000)), Announcements.USUAL))
                .hasMessageContaining("longer than the session timeout");
    }

    private long heldSince;

    private long heldUntil() {
        return heldSince + TIMING.lifetimeNanos();
    }

    private VipAction hold(long epoch, long sentMillisAgo) {
        return new VipAction.Hold(epoch, 1, now + millis(sentMillisAgo) + TIMING.writeDeadlineNanos());
    }

    /** Has it claim the VIP by epoch 5, in session 7, at once. */
    private void own() {
        connect(FREE, "lb1");
        on(new VipEvent.ClaimAnswered(true));
        heldSince = now;
        on(new VipEvent.ClaimRead(owned("lb1", 7, 5, 0)));
    }

    private void connect(ClaimView view, @Nullable String wanted) {
        on(new VipEvent.Connected(7));
        on(new VipEvent.Wanted(wanted));
        on(new VipEvent.ClaimRead(view));
    }

    private static ClaimView owned(String node, long session, long epoch, int version) {
        return new ClaimView(
                epoch, false, HOLD_OUT, QUIET, new ClaimView.Owner(node, session, epoch, version), Set.of());
    }

    private List<VipAction> tick(long millis) {
        pass(millis);
        return on(new VipEvent.Tick());
    }

    private void pass(long millis) {
        now += millis(millis);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private List<VipAction> on(VipEvent event) {
        return machine.on(event, now);
    }
}
