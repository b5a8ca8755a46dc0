using Audrey.Agent.Services;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>Reads the section <c>puppet</c> of a document, and documents that consist of this section only.</summary>
internal static class PuppetSection
{
    /// <summary>The name of the section. Puppet's run is shown as a service of this name.</summary>
    public const string Name = "puppet";

    /// <summary>The key with the number of the format.</summary>
    public const string FormatKey = "audrey";

    /// <summary>Reads a document that has only the section <c>puppet</c>.</summary>
    /// <exception cref="StrictYamlException">The document is invalid.</exception>
    public static IReadOnlyList<PuppetClass> ReadDocument(TypedMap root)
    {
        root.RequireKeys("the document", FormatKey, Name);
        CheckFormat(root);
        return Read(root.Require(Name));
    }

    /// <summary>Checks that the document has a format that this program can read.</summary>
    /// <exception cref="StrictYamlException">The document has another format, or does not specify one.</exception>
    public static void CheckFormat(TypedMap root)
    {
        if (root[FormatKey] is not TypedScalar { Kind: ScalarKind.Integer } format)
            throw StrictYamlException.At(root, "the number of the format is missing: audrey: 1");
        if (format.Text != "1") throw StrictYamlException.At(format, $"this program reads format 1, not {format.Text}");
    }

    /// <summary>Reads the section.</summary>
    /// <exception cref="StrictYamlException">The section is invalid.</exception>
    public static IReadOnlyList<PuppetClass> Read(TypedNode node)
    {
        var section = TypedMap.From(node, Name);
        section.RequireKeys(Name, "classes");
        var classes = new List<PuppetClass>();
        foreach (var (name, parameters) in TypedMap.From(section.Require("classes"), "classes").Entries)
        {
            if (!PuppetNames.IsClass(name.Text)) throw StrictYamlException.At(name, "this is not a valid name of a Puppet class");
            var entries = TypedMap.From(parameters, $"the class {name.Text}").Entries;
            foreach (var (parameter, _) in entries)
                if (!PuppetNames.IsParameter(parameter.Text))
                    throw StrictYamlException.At(parameter, "this is not a valid name of a parameter, or Puppet reserves it");
            classes.Add(new PuppetClass(
                name.Text, [.. entries.Select(entry => new KeyValuePair<string, TypedNode>(entry.Key.Text, entry.Value))]));
        }

        return classes.Count > 0 ? classes : throw StrictYamlException.At(section, "classes is empty");
    }
}
