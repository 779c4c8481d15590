package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.cost.TemplateBill;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the golden templates cost. */
class CostTest {

  private static final Path RESOURCES = Path.of("test/src/test/resources");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void ofTheGoldenTemplates() throws Exception {
    String cost = CostCommand.print(goldenTemplates());
    Path golden = RESOURCES.resolve("cost.txt");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, cost);
    }
    assertThat(cost).isEqualTo(Files.readString(golden));
    assertThat(cost).doesNotContain("Not counted");
  }

  /**
   * At most 0.04 US dollars an hour for both variants, with all that is asked of AWS, each at its
   * public price in us-west-2 without a free tier; how often is the control plane's defaults.
   */
  @Test
  void aControlPlaneOfOurOwn() throws Exception {
    String stack = "app-mesh-ipv6-control-plane";
    JsonNode template =
        JSON.readTree(
            RESOURCES.resolve("templates/own-envoys/%s.template.json".formatted(stack)).toFile());
    TemplateBill bill = TemplateBill.of(template);
    assertThat(bill.unknown()).isEmpty();
    assertThat(bill.bill().describe())
        .isEqualTo(
            "0.5 x vCPU of Fargate on ARM, 1 x GB of Fargate on ARM, 1 x hosted zone of a namespace,"
                + " 7 x alarm, 1 x key of KMS, 7 x metric of CloudWatch");
    int tasks = 2;
    double instances = tasks * 6 * perHour(5);
    double documents = tasks * perHour(2);
    double secrets = tasks * 2 * perHour(30);
    int envoys = 14;
    Map<String, Double> used =
        Map.of(
            "what Cloud Map is asked", instances * 1e-6,
            // A request and its answer have 4 kB, signature and token included.
            "through the NAT gateway", (instances + documents + secrets) * 4e-6 * 0.045,
            "looking the control plane up", envoys * perHour(10) * 0.4e-6,
            // A line of metrics a minute, of 2 kB.
            "logs", tasks * perHour(60) * 2e-6 * 0.5,
            "images, 0.5 GB", 0.5 * 0.1 / 730);
    double sum =
        bill.bill().hourly() + used.values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(sum).as("%s and %s", bill.bill().hourly(), used).isLessThan(0.04);
    assertThat(Files.readString(Path.of("docs/own-envoys.md")))
        .contains(String.format(Locale.ROOT, "It costs %.3f US dollars", sum));
  }

  private static double perHour(int seconds) {
    return 3600.0 / seconds;
  }

  @Test
  void thePipelineCostsByTheMinute() throws Exception {
    JsonNode template =
        JSON.readTree(
            RESOURCES.resolve("templates/pipeline/app-mesh-ipv6-pipeline.template.json").toFile());
    assertThat(CostCommand.print(Map.of("app-mesh-ipv6-pipeline", template)))
        .contains("app-mesh-ipv6-pipeline  0.0000")
        .doesNotContain("Not counted");
  }

  @Test
  void moreOfSomethingCostsMore() throws Exception {
    Map<String, JsonNode> templates = goldenTemplates();
    String stack = "app-mesh-ipv6-dns-ecs-service";
    JsonNode resources = templates.get(stack).path("Resources");
    // The original had none.
    ((ObjectNode) resources)
        .properties()
        .removeIf(e -> e.getValue().path("Type").asText().equals("AWS::CloudWatch::Alarm"));
    for (JsonNode resource : resources) {
      if (resource.path("Type").asText().equals("AWS::ECS::TaskDefinition")) {
        ((ObjectNode) resource.path("Properties")).put("Cpu", "4096").put("Memory", "8192");
        ((ObjectNode) resource.path("Properties")).remove("RuntimePlatform");
      }
    }
    // The original's size gives the original's cost.
    assertThat(CostCommand.print(templates).lines())
        .anySatisfy(
            line ->
                assertThat(line.split(" {2,}"))
                    .startsWith(stack, "1.4149", "1032.85", "1.4149", "1032.85"));
  }

  @Test
  void saysWhatItHasNoPriceFor() throws Exception {
    JsonNode template =
        JSON.readTree(
            """
            {"Resources": {"A": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "m5.large"}},
                           "B": {"Type": "AWS::RDS::DBInstance"}}}
            """);
    assertThat(CostCommand.print(Map.of("mine", template)))
        .contains(
            "Not counted, for lack of a price: AWS::EC2::Instance m5.large, AWS::RDS::DBInstance.");
  }

  @Test
  void saysWhatIsBilledByUse() throws Exception {
    JsonNode template =
        JSON.readTree(
            """
            {"Resources": {
              "A": {"Type": "AWS::EC2::FlowLog"},
              "B": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {
                    "LoadBalancerAttributes": [{"Key": "access_logs.s3.bucket", "Value": "b"}]}},
              "C": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
                    "ContainerDefinitions": [{"Name": "app"}, {"Name": "cw-agent"}]}}}}
            """);
    assertThat(CostCommand.print(Map.of("mine", template)))
        .contains(
            "Billed by use, which may exceed all the rest: accessLogsBucket, envoyMetrics, flowLogs.");
    assertThat(CostCommand.print(goldenTemplates())).doesNotContain("Billed by use");
  }

  @Test
  void refusesSettingsInOneLine() {
    assertThat(WalkthroughCommand.run("cost", "-c", "natGateways=3")).isEqualTo(2);
  }

  private static Map<String, JsonNode> goldenTemplates() throws Exception {
    List<Path> files;
    try (Stream<Path> list = Files.list(RESOURCES.resolve("templates/v4_only"))) {
      files = list.toList();
    }
    Map<String, JsonNode> templates = new TreeMap<>();
    for (Path file : files) {
      templates.put(
          file.getFileName().toString().replace(".template.json", ""),
          JSON.readTree(file.toFile()));
    }
    return templates;
  }
}
