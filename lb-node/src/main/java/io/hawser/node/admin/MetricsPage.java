package io.hawser.node.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /metrics}: Prometheus text format 0.0.4, or OpenMetrics 1.0.0 where the scraper accepts it. */
final class MetricsPage {

    /** The media type in an Accept header; simpleclient's own look at the header fails on such as {@code ;}. */
    private static final Pattern OPEN_METRICS =
            Pattern.compile("(?:^|,)[ \\t]*application/openmetrics-text[ \\t]*(?:[;,]|$)", Pattern.CASE_INSENSITIVE);

    private final CollectorRegistry registry;
    private int lastSize = 16 * 1024;

    MetricsPage(CollectorRegistry registry) {
        this.registry = registry;
    }

    Answer render(@Nullable String accept) {
        String contentType = accept != null && OPEN_METRICS.matcher(accept).find()
                ? TextFormat.CONTENT_TYPE_OPENMETRICS_100
                : TextFormat.CONTENT_TYPE_004;
        ByteArrayOutputStream out = new ByteArrayOutputStream(lastSize);
        try (Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
            TextFormat.writeFormat(contentType, writer, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused a write", e);
        }
        lastSize = out.size() + 1024;
        return new Answer(HttpResponseStatus.OK, contentType, Unpooled.wrappedBuffer(out.toByteArray()), Map.of());
    }
}
