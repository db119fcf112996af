package io.understudy.app.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.app.check.Finding.Severity;
import io.understudy.journal.MirrorName;
import java.io.UncheckedIOException;
import java.util.List;

/** Findings as {@code check --json} prints them. Scripts rely on the names. */
public final class CheckJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private CheckJson() {}

  public static String of(MirrorName mirror, List<Finding> findings) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("mirror", mirror.value());
    list(root.putArray("obstacles"), findings, Severity.OBSTACLE);
    list(root.putArray("warnings"), findings, Severity.WARNING);
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void list(ArrayNode into, List<Finding> findings, Severity severity) {
    for (Finding finding : findings) {
      if (finding.severity() == severity) {
        ObjectNode one =
            into.addObject()
                .put("where", finding.where())
                .put("what", finding.what())
                .put("why", finding.why())
                .put("fix", finding.remedy());
        finding.statement().ifPresent(sql -> one.put("statement", sql));
      }
    }
  }
}
