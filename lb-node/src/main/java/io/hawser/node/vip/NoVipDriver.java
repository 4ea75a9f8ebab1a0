package io.hawser.node.vip;

import io.hawser.net.IpAddress;

/** Owns VIPs without touching the machine: something else, told of the owner, puts them where they belong. */
public final class NoVipDriver implements VipDriver {

    @Override
    public boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos) {
        return System.nanoTime() - notAfterNanos < 0;
    }

    @Override
    public void drop(Vip vip) {}

    @Override
    public void retire(Vip vip, int seconds) {}

    @Override
    public void finish(Vip vip) {}

    @Override
    public void announce(Vip vip, long notAfterNanos) {}

    /** Nobody can be asked, so nothing is proven. */
    @Override
    public boolean answersOnlyForItself(Vip vip, IpAddress host) {
        return false;
    }

    @Override
    public void close() {}
}
