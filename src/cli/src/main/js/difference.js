// What CDK's own difference engine says of pairs of templates: reads [{before, after}], writes an entry for each.
const { fullDiff } = require("@aws-cdk/cloudformation-diff");

const pairs = JSON.parse(require("fs").readFileSync(0));

function differences({ before, after }) {
  const diff = fullDiff(before, after);
  const resources = [];
  diff.resources.forEachDifference((id, change) => {
    resources.push({
      id,
      type: change.resourceType,
      impact: change.changeImpact,
      properties: Object.keys(change.propertyUpdates),
      others: Object.keys(change.otherChanges).filter((key) => change.otherChanges[key].isDifferent),
    });
  });
  const sections = {};
  for (const section of ["parameters", "mappings", "conditions", "outputs", "metadata", "unknown"]) {
    sections[section] = diff[section].changes ? Object.keys(diff[section].changes) : [];
  }
  return { resources, sections };
}

process.stdout.write(JSON.stringify(pairs.map(differences)));
