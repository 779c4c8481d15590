// What CDK's own difference engine says of pairs of templates: reads [{before, after}], writes an entry for each.
const { fullDiff } = require("@aws-cdk/cloudformation-diff");

const pairs = JSON.parse(require("fs").readFileSync(0));

const typeChanges = ({ isUpdate, oldResourceType, newResourceType }) => isUpdate && oldResourceType !== newResourceType;

function differences({ before, after }) {
  const diff = fullDiff(before, after);
  const resources = [];
  diff.resources.forEachDifference((id, change) => {
    resources.push({
      id,
      type: change.oldResourceType ?? change.newResourceType,
      impact: change.changeImpact,
      properties: typeChanges(change) ? ["Type"] : Object.keys(change.propertyUpdates),
      others: Object.keys(change.otherChanges).filter((key) => change.otherChanges[key].isDifferent),
    });
  });
  const names = (section) => Object.keys(diff[section].changes);
  const whole = (section) => (diff[section]?.isDifferent ? [""] : []);
  const sections = {
    parameter: names("parameters"),
    mapping: names("mappings"),
    condition: names("conditions"),
    output: names("outputs"),
    metadata: names("metadata"),
    "": names("unknown"),
    description: whole("description"),
    transform: whole("transform"),
    "format version": whole("awsTemplateFormatVersion"),
  };
  return { resources, sections };
}

try {
  process.stdout.write(JSON.stringify(pairs.map(differences)));
} catch (error) {
  console.error(`CDK's difference engine cannot read a template: ${error.message}`);
  process.exitCode = 1;
}
