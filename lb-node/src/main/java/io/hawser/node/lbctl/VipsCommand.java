package io.hawser.node.lbctl;

import io.hawser.node.admin.VipPage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code lbctl vips}: a line for each floating address. */
@Command(name = "vips", description = "Show the VIPs and who owns them.", mixinStandardHelpOptions = true)
final class VipsCommand extends ShowCommand {

    VipsCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl vips";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.vips().json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        VipPage page = node.vips().value();
        Table table = new Table(
                Column.text("VIP"),
                Column.text("ADDRESS"),
                Column.text("ON").spare(2),
                Column.text("OWNER"),
                Column.text("STANDBY"),
                Column.text("MOVED TO").spare(1),
                Column.number("EPOCH").spare(3));
        List<String> notes = new ArrayList<>();
        for (VipPage.VipStatus vip : page.vips()) {
            String on = vip.interfaceName();
            table.row(
                    Cell.of(vip.vip()),
                    Cell.of(vip.address()),
                    Cell.of(on == null ? vip.driver() : on),
                    owner(vip),
                    Cell.of(vip.standby().isEmpty() ? null : String.join(", ", vip.standby())),
                    Cell.of(vip.movedTo()),
                    Cell.of(vip.epoch() < 0 ? null : Long.toString(vip.epoch())));
            if (vip.problem() != null) {
                notes.add(vip.vip() + ": this node can't hold it: " + vip.problem());
            }
            if (vip.owner() == null && vip.wanted() == null && page.connected()) {
                notes.add(vip.vip() + ": no node can have it: none is ready and not drained");
            }
        }
        notes(page, notes);
        return new Page(table, notes);
    }

    private static Cell owner(VipPage.VipStatus vip) {
        String owner = vip.owner();
        if (owner == null) {
            return new Cell("nobody", Cell.Tone.BAD);
        }
        String name = vip.here() ? owner + " *" : owner;
        return vip.wanted() == null || vip.wanted().equals(owner)
                ? Cell.of(name, Cell.Tone.GOOD)
                : Cell.of(name + " -> " + vip.wanted(), Cell.Tone.WARNING);
    }

    private static void notes(VipPage page, List<String> notes) {
        if (!page.connected() && !page.vips().isEmpty()) {
            notes.add(
                    "ZooKeeper is not there: this is what was known last, and owners that can't renew their lease let go");
        }
        add(notes, page.problem());
        for (VipPage.Candidate node : page.nodes()) {
            if (!node.alive()) {
                notes.add(node.node() + " is dead: its host refuses connections");
            } else if (node.drained()) {
                notes.add(node.node() + " is drained by an operator");
            } else if (node.draining()) {
                notes.add(node.node() + " is shutting down");
            } else if (!node.ready()) {
                notes.add(node.node() + " is not ready");
            }
        }
    }

    private static void add(List<String> notes, @Nullable String note) {
        if (note != null) {
            notes.add(note);
        }
    }
}
