package io.hawser.node.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one request of a connection after the other: checks it, has it served, answers it. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

    private final RequestGuard guard;
    private final Endpoints endpoints;
    private final AdminLimits limits;
    private boolean isAnswering;
    private boolean inputEnded;

    RequestHandler(RequestGuard guard, Endpoints endpoints, AdminLimits limits) {
        this.guard = guard;
        this.endpoints = endpoints;
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean keepAlive =
                HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        isAnswering = true;
        Reply reply = new Reply(ctx, keepAlive);
        try {
            checkDecoded(request.decoderResult());
            guard.check(request);
            reply.when(endpoints.serve(request, ctx.executor()));
        } catch (RuntimeException e) {
            reply.failed(e);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // What has been read made no whole request yet: the flow control has forgotten that one was asked for.
        if (!isAnswering) {
            ctx.read();
        }
    }

    private void checkDecoded(DecoderResult result) {
        if (result.isSuccess()) {
            return;
        }
        if (result.cause() instanceof TooLongHttpLineException) {
            throw new Refusal(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "uri_too_long",
                    "the request line has more than " + AdminLimits.MAX_REQUEST_LINE + " bytes");
        }
        if (result.cause() instanceof TooLongHttpContentException) {
            throw new Refusal(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    "body_too_large",
                    "the request's body has more than " + limits.maxBodyBytes() + " bytes");
        }
        if (result.cause() instanceof TooLongHttpHeaderException) {
            throw new Refusal(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "headers_too_large",
                    "the request's headers have more than " + AdminLimits.MAX_HEADER_BYTES + " bytes");
        }
        throw Refusal.badRequest("this is not an HTTP/1.1 request");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (!isAnswering) {
                var unused = ctx.close();
            }
        }
    }

    /** An answer is written, and the connection may go on. */
    private void next(ChannelHandlerContext ctx) {
        isAnswering = false;
        // Takes a request that has arrived already, else waits for one.
        ctx.read();
        if (inputEnded && !isAnswering) {
            var unused = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that goes away, or one that sends what not even the decoder takes: its connection ends, no more.
        if (!(cause instanceof IOException)) {
            log.debug("admin connection from {} failed", ctx.channel().remoteAddress(), cause);
        }
        var unused = ctx.close();
    }

    /** The one answer to one request, sent on the connection's event loop. */
    private final class Reply {

        private final ChannelHandlerContext ctx;
        private final boolean keepAlive;
        private boolean sent;

        Reply(ChannelHandlerContext ctx, boolean keepAlive) {
            this.ctx = ctx;
            this.keepAlive = keepAlive;
        }

        void when(CompletionStage<Answer> stage) {
            ScheduledFuture<?> timeout = ctx.executor()
                    .schedule(
                            () -> failed(new Refusal(
                                    HttpResponseStatus.GATEWAY_TIMEOUT,
                                    "timeout",
                                    "the node has not finished in " + limits.answerMillis()
                                            + " ms; what was asked for may still come into force: look before you ask"
                                            + " again")),
                            limits.answerMillis(),
                            TimeUnit.MILLISECONDS);
            stage.whenComplete((answer, thrown) -> {
                if (ctx.executor().inEventLoop()) {
                    complete(answer, thrown, timeout);
                } else {
                    ctx.executor().execute(() -> complete(answer, thrown, timeout));
                }
            });
        }

        private void complete(@Nullable Answer answer, @Nullable Throwable thrown, ScheduledFuture<?> timeout) {
            timeout.cancel(false);
            if (answer != null) {
                send(answer);
            } else {
                failed(thrown == null ? new IllegalStateException("a stage completed with null") : thrown);
            }
        }

        void failed(Throwable thrown) {
            Throwable cause =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            if (cause instanceof Refusal refusal) {
                send(endpoints.refused(refusal));
                return;
            }
            log.error("an admin request failed", cause);
            send(endpoints.refused(new Refusal(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "internal",
                    "the node failed to answer: this is a fault of Hawser; its log says more")));
        }

        private void send(Answer answer) {
            if (sent) {
                return;
            }
            sent = true;
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.body());
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().readableBytes())
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                    .set("x-content-type-options", "nosniff");
            answer.headers().forEach((name, value) -> response.headers().set(name, value));
            HttpUtil.setKeepAlive(response, keepAlive);
            ctx.writeAndFlush(response).addListener(written -> {
                if (!written.isSuccess()) {
                    var unused = ctx.close();
                } else if (keepAlive) {
                    next(ctx);
                } else {
                    Farewell.to(ctx.channel());
                }
            });
        }
    }
}
