using System.Globalization;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Writes a deployable as YAML. A deployable that the format cannot express is refused. <c>YamlDeployableWriter.Parameters.cs</c> writes
/// the parameters.
/// </summary>
internal sealed partial class YamlDeployableWriter(DeployableDocument document)
{
    private readonly YamlOutput _output = new();

    /// <summary>The names of the assemblies that are groups. References to groups are written differently.</summary>
    private readonly HashSet<string> _groups =
        [.. document.Assemblies.Where(assembly => assembly.Count is not null).Select(assembly => assembly.Name)];

    public byte[] Write()
    {
        if (document.Assemblies.IsEmpty) throw Inexpressible("the deployable has no assembly");
        if (document.Deadline is { } deadline
            && (deadline < TimeSpan.FromSeconds(1) || deadline > Deadlines.Max || deadline.Ticks % TimeSpan.TicksPerSecond != 0))
            throw Inexpressible($"the deadline is not of whole seconds, at least one and at most {Deadlines.Max.Days} days");
        _output.Mapping(small: false, () =>
        {
            _output.Word("audrey", YamlDeployableReader.Version);
            Field("name", document.Name, "the deployable's name");
            Field("id", document.Id, "the deployable's id");
            Field("description", document.Description, "the deployable's description");
            _output.Word("deadline", document.Deadline is { } within ? Durations.Format(within) : null);
            Flag("stay", document.Stay);
            _output.Key("assemblies");
            _output.Mapping(small: false, () =>
            {
                foreach (var assembly in document.Assemblies) WriteAssembly(assembly);
            });
        });
        return _output.ToBytes();
    }

    private void WriteAssembly(AssemblyDocument assembly)
    {
        var where = $"assembly {NameRules.Show(assembly.Name)}";
        if (assembly.Count < 0) throw Inexpressible($"{where} has a negative count");
        Key(assembly.Name, "the name of an assembly");
        _output.Mapping(small: false, () =>
        {
            if (assembly.Image is { } image) WriteImage(image, where);
            Field("hardware_profile", assembly.HardwareProfile, $"the hardware profile of {where}");
            Field("realm", assembly.Realm, $"the realm of {where}");
            Number("count", assembly.Count);
            Flag("stay", assembly.Stay);
            if (assembly.Template is { } template) WriteTemplate(template, where);
            if (!assembly.Services.IsEmpty)
            {
                _output.Key("services");
                _output.Mapping(small: false, () =>
                {
                    foreach (var service in assembly.Services)
                        WriteService(service, $"{NameRules.Show(assembly.Name)}[{NameRules.Show(service.Name)}]");
                });
            }

            if (!assembly.Returns.IsEmpty) WriteReturns(assembly, where);
        });
    }

    private void WriteImage(ImageDocument image, string where)
    {
        _output.Key("image");
        if (image.Build is null) Text(image.Id, $"the image of {where}");
        else _output.Mapping(small: true, () =>
        {
            Field("id", image.Id, $"the image of {where}", inFlow: true);
            Field("build", image.Build, $"the build of the image of {where}", inFlow: true);
        });
    }

    private void WriteTemplate(TemplateDocument template, string where)
    {
        _output.Key("template");
        if (template.Packages.IsEmpty) Text(template.Name, $"the template of {where}");
        else _output.Mapping(small: false, () =>
        {
            Field("name", template.Name, $"the template of {where}");
            Texts("packages", template.Packages, $"a package of {where}");
        });
    }

    private void WriteReturns(AssemblyDocument assembly, string where)
    {
        _output.Key("returns");
        _output.Sequence(small: assembly.Returns.All(given => given is { Secret: false, Fact: null }), () =>
        {
            foreach (var given in assembly.Returns)
            {
                if (given is { Secret: false, Fact: null }) Text(given.Name, $"a return of {where}", inFlow: true);
                else _output.Mapping(small: true, () =>
                {
                    Field("name", given.Name, $"a return of {where}", inFlow: true);
                    _output.Word("secret", given.Secret ? "true" : null);
                    Field("fact", given.Fact?.ToString(), $"the fact of a return of {where}", inFlow: true);
                });
            }
        });
    }

    private void WriteService(ServiceDocument service, string where)
    {
        if (service.Executable is not null && !service.Classes.IsEmpty)
            throw Inexpressible($"service {where} has both an executable and classes");
        if (service.Executable is null && !service.Files.IsEmpty) throw Inexpressible($"service {where} has files and no executable");
        Key(service.Name, "the name of a service");
        _output.Mapping(small: false, () =>
        {
            Field("description", service.Description, $"the description of {where}");
            if (service.Executable is null) WritePuppet(service, where);
            else WriteScript(service.Executable, service.Files.AsSpan().ToArray(), where);
            if (service.Parameters.IsEmpty) return;
            _output.Key("parameters");
            _output.Mapping(small: false, () =>
            {
                foreach (var parameter in service.Parameters)
                    WriteParameter(parameter, $"parameter {NameRules.Show(parameter.Name)} of {where}");
            });
        });
    }

    private void WritePuppet(ServiceDocument service, string where)
    {
        _output.Key("puppet");
        _output.Mapping(small: service.Classes.IsEmpty, () =>
        {
            if (!service.Classes.IsEmpty) Texts("classes", service.Classes, $"a class of {where}");
        });
    }

    private void WriteScript(SourceFile executable, SourceFile[] files, string where)
    {
        if (executable.FileName is not null) throw Inexpressible($"the executable of {where} has its own name");
        _output.Key("script");
        _output.Mapping(small: false, () =>
        {
            WriteSource(executable, "run", $"the executable of {where}");
            if (files.Length == 0) return;
            _output.Key("files");
            _output.Sequence(small: false, () =>
            {
                foreach (var file in files)
                {
                    if (file.Url is null == file.FileName is null)
                        throw Inexpressible($"a file of {where} needs exactly one of a URL and a name of its own");
                    _output.Mapping(small: false, () =>
                    {
                        Field("name", file.FileName, $"the name of a file of {where}");
                        WriteSource(file, "contents", $"a file of {where}");
                    });
                }
            });
        });
    }

    private void WriteSource(SourceFile source, string inline, string what)
    {
        if (source.Url is null == source.Contents is null) throw Inexpressible($"{what} needs exactly one of a URL and contents");
        Field("url", source.Url, $"the URL of {what}");
        Field(inline, source.Contents, $"the contents of {what}");
    }

    private void Texts(string key, IEnumerable<string> texts, string what)
    {
        _output.Key(key);
        _output.Sequence(small: true, () =>
        {
            foreach (var text in texts) Text(text, what, inFlow: true);
        });
    }

    private void Number(string key, int? number) => _output.Word(key, number?.ToString(CultureInfo.InvariantCulture));

    private void Flag(string key, bool? flag) => _output.Word(key, flag is null ? null : flag.Value ? "true" : "false");

    private void Key(string key, string what) => _output.Key(Checked(key, what));

    private void Text(string text, string what, bool inFlow = false) => _output.Text(Checked(text, what), inFlow);

    private void Field(string key, string? text, string what, bool inFlow = false)
    {
        if (text is not null) _output.Field(key, Checked(text, what), inFlow);
    }

    private static string Checked(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
                throw Inexpressible($"{what} is not valid Unicode");
        }

        return text;
    }

    private static ArgumentException Inexpressible(string problem) => new($"a deployable in YAML cannot express this:  {problem}");
}
