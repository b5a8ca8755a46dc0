using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Xml;

/// <summary>
/// Reads a Deployable 1.0 from the cursor at its root. Reading continues after a finding, so that one pass finds all errors. The result is
/// valid only if there are no findings. <c>XmlDeployableReader.Services.cs</c> reads the services.
/// </summary>
internal sealed partial class XmlDeployableReader(ElementReader elements, SourceDocument source)
{
    private const string Version = "1.0";

    private readonly XmlCursor _cursor = elements.Cursor;
    private readonly SourceElements _sources = new(elements);

    /// <summary>The references of the assembly that is being read.</summary>
    private List<ReferenceDraft> _references = [];

    public DeployableDraft Read()
    {
        var name = elements.ReadName(XmlDeployableSchema.Deployable, NameRules.Title);
        if (_cursor.Attribute("version") is { } version && version != Version)
            _cursor.ReportAttribute("version", $"version of <deployable> is {NameRules.Show(version)}; only {Version} is supported");
        var id = _cursor.Attribute("id");
        if (id is not null && !DeployableId.TryParse(id, out _, out var problem))
            _cursor.ReportAttribute("id", $"id of <deployable>: {problem}");
        string? description = null;
        var assemblies = new List<AssemblyDraft>();
        var children = elements.Children(XmlDeployableSchema.Deployable);
        while (children.Next(out var child))
        {
            if (child == "description") description = ReadDescription();
            else ReadAssemblies(assemblies);
        }

        return new DeployableDraft
        {
            Head = new DeployableDocument { Name = name, Id = id, Description = description },
            Assemblies = assemblies,
        };
    }

    private string ReadDescription()
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Description);
        return elements.ReadBounded("description", elements.Limits.MaxValueBytes);
    }

    private void ReadAssemblies(List<AssemblyDraft> assemblies)
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Assemblies);
        var max = elements.Limits.MaxInstances;
        var names = new NameSet(_cursor, "assembly", "this deployable", max, "assemblies");
        var children = elements.Children(XmlDeployableSchema.Assemblies);
        while (children.Next(out _))
        {
            var assembly = ReadAssembly(names);
            if (assemblies.Count < max) assemblies.Add(assembly);
        }
    }

    private AssemblyDraft ReadAssembly(NameSet names)
    {
        var location = source.At(_cursor.LocationOf("name"));
        _references = [];
        var assembly = new AssemblyDocument
        {
            Name = elements.ReadName(XmlDeployableSchema.Assembly, NameRules.Title, names),
            HardwareProfile = elements.CheckedName("hwp", "assembly", NameRules.Title),
        };
        var children = elements.Children(XmlDeployableSchema.Assembly);
        while (children.Next(out var child))
        {
            assembly = child switch
            {
                "image" => assembly with { Image = ReadImage() },
                "services" => assembly with { Services = ReadServices() },
                _ => assembly with { Returns = ReadReturns() },
            };
        }

        return new AssemblyDraft { Document = assembly, Location = location, References = _references };
    }

    private ImageDocument ReadImage()
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Image);
        var id = elements.CheckedName("id", "image", NameRules.Title);
        var build = _cursor.Attribute("build") is null ? null : elements.CheckedName("build", "image", NameRules.Title);
        elements.ReadNothing(XmlDeployableSchema.Image);
        return new ImageDocument(id, build);
    }

    private ImmutableArray<ReturnDocument> ReadReturns()
    {
        _cursor.CheckAttributes(XmlDeployableSchema.Returns);
        var names = new NameSet(_cursor, "return", "this assembly", elements.Limits.MaxProvidedParameters);
        var children = elements.Children(XmlDeployableSchema.Returns);
        while (children.Next(out _)) elements.ReadNamed(XmlDeployableSchema.Return, NameRules.Parameter, names);
        return [.. names.ToImmutable().Select(name => new ReturnDocument(name))];
    }
}
