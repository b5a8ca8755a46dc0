using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Deployables.Oz;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>
/// Combines a set of files in the format of 2011 into one deployable. The assemblies of the deployable name their types, and each type
/// names its template. The parameters that the services of the template provide become the returns of the instance.
/// </summary>
internal sealed class SetJoin
{
    private readonly Dictionary<string, AssemblyFile> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TemplateFile> _templates = new(StringComparer.Ordinal);
    private readonly Dictionary<AssemblyFile, TemplateFile> _templateOf = [];

    private SetJoin(IReadOnlyList<AssemblyFile> types, IReadOnlyList<TemplateFile> templates)
    {
        foreach (var template in templates)
            AddUnique(_templates, template.Name, template, "template", template.Location, first => first.Location);
        foreach (var type in types)
        {
            AddUnique(_types, type.Name, type, "assembly", type.Location, first => first.Location);
            if (_templates.TryGetValue(type.TemplateName, out var template))
            {
                _templateOf.Add(type, template);
                TemplateCheck.Check(type, template);
            }
            else if (type.TemplateName.Length > 0)
            {
                type.TemplateLocation.Report(
                    $"template {Show(type.TemplateName)} is not among the files{RemedyOf(type.TemplateName, _templates.Keys)}");
            }
        }
    }

    /// <summary>Returns the deployable and reports all errors.</summary>
    public static DeployableDraft Join(DeployableFile deployable, IReadOnlyList<AssemblyFile> types, IReadOnlyList<TemplateFile> templates)
    {
        var join = new SetJoin(types, templates);
        var used = new HashSet<AssemblyFile>();
        var draft = new DeployableDraft
        {
            Head = new DeployableDocument { Name = deployable.Name },
            Assemblies = [.. deployable.Members.Select(member => join.AssemblyOf(member, used))],
        };

        foreach (var type in types.Except(used))
            type.Location.Warn($"no assembly of the deployable has the type {Show(type.Name)}");
        foreach (var template in templates.Except(join._templateOf.Values))
            template.Location.Warn($"no assembly uses template {Show(template.Name)}");
        return draft;
    }

    private AssemblyDraft AssemblyOf(Member member, HashSet<AssemblyFile> used)
    {
        var document = new AssemblyDocument { Name = member.Name, HardwareProfile = member.HardwareProfile, Realm = member.Realm };
        if (!_types.TryGetValue(member.Type, out var type))
        {
            if (member.Type.Length > 0)
                member.TypeLocation.Report(
                    $"assembly {Show(member.Name)} is of type {Show(member.Type)}, which is not among the "
                    + $"files{RemedyOf(member.Type, _types.Keys)}");
            return new AssemblyDraft { Document = document, Location = member.Location, References = [] };
        }

        used.Add(type);
        _templateOf.TryGetValue(type, out var template);
        return new AssemblyDraft
        {
            Document = document with
            {
                Template = template?.ToDocument(),
                Services = type.Services,
                Returns = template is null ? [] : ReturnsOf(template),
            },
            Location = member.Location,
            References = type.References,
        };
    }

    private static ImmutableArray<ReturnDocument> ReturnsOf(TemplateFile template) =>
    [
        .. from service in template.Services
           from parameter in service.Parameters
           where parameter.Provided
           select new ReturnDocument(parameter.Name),
    ];

    private static string RemedyOf(string name, IReadOnlyCollection<string> names) =>
        NearestName.Find(name, names) is { } nearest ? $"; did you mean {Show(nearest)}?" : "; add its file";

    private static void AddUnique<T>(
        Dictionary<string, T> known, string name, T file, string what, DocumentLocation location, Func<T, DocumentLocation> locationOf)
    {
        if (name.Length > 0 && !known.TryAdd(name, file))
            location.Report(
                $"a second {what} {Show(name)} (the first is in {locationOf(known[name]).Document.Path}); names must be unique");
    }

    private static string Show(string name) => NameRules.Show(name);
}
