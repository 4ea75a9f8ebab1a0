package io.hawser.node.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, whose channels can be paused entirely, whatever their peers do meanwhile, and resumed.
 *
 * <p>Netty 4.2.18 waits for EPOLLRDHUP even while reading is paused, and when it comes reads all that the kernel holds:
 * megabytes for which whoever paused had no room. Here the end of a peer is found where it belongs, behind its last
 * byte, so nothing waits for that event.
 *
 * <p>Netty also takes a channel that waits for no event at all out of the epoll set, forgets that it did, and closes it
 * with ENOENT when it is to wait for events again. Here it stays in the set, with nothing but EPOLLET: an error is told
 * once, nothing else is.
 */
final class ResumableEpoll implements IoHandler {

    private final IoHandler epoll;

    private ResumableEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new ResumableEpoll(factory.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return factory.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(epoll.register(handle));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** One channel's place in the epoll set; used by its event loop only. */
    private static final class Registration implements IoRegistration {

        private final IoRegistration registration;
        private boolean added;

        Registration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps ops) {
            EpollIoOps wanted = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
            if (!wanted.equals(EpollIoOps.NONE)) {
                added = true;
            } else if (added) {
                wanted = EpollIoOps.EPOLLET;
            }
            // A channel that has waited for nothing yet stays outside: it may not even be connected.
            return registration.submit(wanted);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's declaration
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
