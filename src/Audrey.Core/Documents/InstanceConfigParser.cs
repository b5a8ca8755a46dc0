using System.Collections.Immutable;
using Audrey.Core.Findings;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>
/// Reads one instance config from the cursor. Reading continues after a finding, so that one pass finds all errors. The result is valid
/// only if there are no findings. <c>InstanceConfigParser.Services.cs</c> reads the services.
/// </summary>
/// <param name="cursor">The document.</param>
/// <param name="findings">Receives the errors in the document.</param>
/// <param name="limits">Limits for the sizes and numbers.</param>
/// <param name="leniency">Receives what is forgiven. Null if nothing is forgiven.</param>
internal sealed partial class InstanceConfigParser(
    XmlCursor cursor, FindingList findings, DocumentLimits limits, LeniencyBuilder? leniency = null)
{
    private readonly ElementReader _elements = new(cursor, findings, limits);
    private readonly SourceElements _sources = new(new ElementReader(cursor, findings, limits), leniency);

    /// <summary>Reads the document. Returns null if its root element is not the root element of an instance config.</summary>
    public InstanceConfig? Read()
    {
        if (!cursor.ReadToRoot()) return null;
        if (cursor.Name != InstanceConfigSchema.InstanceConfig.Name)
        {
            cursor.Report($"the root element is <{NameRules.Show(cursor.Name)}>; an instance config must begin with <instance-config>");
            return null;
        }

        var config = ReadInstanceConfig();
        while (cursor.Read())
        {
            // Only comments and white space are allowed after the root element. The cursor reports anything else.
        }

        return config;
    }

    private InstanceConfig ReadInstanceConfig()
    {
        cursor.CheckAttributes(InstanceConfigSchema.InstanceConfig);
        var config = new InstanceConfig
        {
            Id = ReadInstanceId("id", "instance-config"),
            Name = _elements.CheckedName("name", "instance-config", NameRules.Title),
            Secret = ReadSecret(),
            Type = ReadType(),
            Deployable = default,
            DeployableName = "",
        };

        var children = _elements.Children(InstanceConfigSchema.InstanceConfig);
        while (children.Next(out var child))
        {
            config = child switch
            {
                "deployable" => ReadDeployable(config),
                "template" => config with { Template = _elements.ReadNamed(InstanceConfigSchema.Template, NameRules.Title) },
                "provided-parameters" => config with { ProvidedParameters = ReadProvidedParameters() },
                _ => config with { Services = ReadServices() },
            };
        }

        return config;
    }

    private InstanceConfig ReadDeployable(InstanceConfig config)
    {
        var name = _elements.ReadName(InstanceConfigSchema.Deployable, NameRules.Title);
        var id = default(DeployableId);
        if (cursor.Attribute("id") is { } text && !DeployableId.TryParse(text, out id, out var problem))
            cursor.ReportAttribute("id", $"id of <deployable>: {problem}");
        _elements.ReadNothing(InstanceConfigSchema.Deployable);
        return config with { Deployable = id, DeployableName = name };
    }

    private ImmutableArray<string> ReadProvidedParameters()
    {
        cursor.CheckAttributes(InstanceConfigSchema.ProvidedParameters);
        var names = Names("provided parameter", "this instance", limits.MaxProvidedParameters);
        var children = _elements.Children(InstanceConfigSchema.ProvidedParameters);
        while (children.Next(out _)) _elements.ReadNamed(InstanceConfigSchema.ProvidedParameter, NameRules.Parameter, names);
        return names.ToImmutable();
    }

    private NameSet Names(string what, string where, int max) => new(cursor, what, where, max, forgiven: leniency?.Forgiven);

    private string ReadSecret()
    {
        var secret = cursor.Attribute("secret");
        if (secret is { Length: 0 }) cursor.ReportAttribute("secret", "secret of <instance-config> is empty; the guest signs with it");
        if (secret is not null && secret.Length > limits.MaxValueBytes)
            cursor.ReportAttribute(
                "secret", $"secret of <instance-config> is too long; at most {limits.MaxValueBytes} characters are allowed");
        return secret ?? "";
    }

    private string? ReadType()
    {
        var type = cursor.Attribute("type");
        if (type?.Length > limits.MaxNameLength)
        {
            var max = limits.MaxNameLength;
            cursor.ReportAttribute("type", $"type of <instance-config> is {type.Length} characters long; at most {max} are allowed");
        }

        return type;
    }

    private InstanceId ReadInstanceId(string attribute, string element)
    {
        var id = default(InstanceId);
        if (cursor.Attribute(attribute) is { } text && !InstanceId.TryParse(text, out id, out var problem))
            cursor.ReportAttribute(attribute, $"{attribute} of <{element}>: {problem}");
        return id;
    }
}
