using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Xml;

/// <summary>Writes Deployable 1.0. A deployable that the format cannot express is refused. No part is ever omitted.</summary>
internal static class XmlDeployableWriter
{
    private const string Format = "Deployable 1.0";

    public static byte[] Write(DeployableDocument document) => DocumentWriter.ToBytes(Format, writer => WriteDeployable(writer, document));

    private static void WriteDeployable(DocumentWriter writer, DeployableDocument document)
    {
        if (document.Deadline is not null) throw writer.Inexpressible("the deployable has a deadline");
        if (document.Stay is not null) throw writer.Inexpressible("the deployable says whether its guests stay");
        if (document.Assemblies.IsEmpty) throw writer.Inexpressible("the deployable has no assembly");
        writer.Start("deployable");
        writer.Attribute("version", "1.0", "the version");
        writer.Attribute("name", document.Name, "the deployable's name");
        writer.Attribute("id", document.Id, "the deployable's id");
        WriteDescription(writer, document.Description, "the deployable's description");
        writer.Start("assemblies");
        foreach (var assembly in document.Assemblies) WriteAssembly(writer, assembly);
        writer.End();
        writer.End();
    }

    private static void WriteDescription(DocumentWriter writer, string? description, string what)
    {
        if (description is not null) writer.Element("description", description, what);
    }

    private static void WriteAssembly(DocumentWriter writer, AssemblyDocument assembly)
    {
        var where = $"assembly {NameRules.Show(assembly.Name)}";
        if (assembly.Count is { } count) throw writer.Inexpressible($"{where} is a group of {count}");
        if (assembly.Stay is not null) throw writer.Inexpressible($"{where} says whether its guests stay");
        if (assembly.Realm is not null) throw writer.Inexpressible($"{where} has a realm");
        if (assembly.Template is not null) throw writer.Inexpressible($"{where} has a template");
        if (assembly.Image is null) throw writer.Inexpressible($"{where} has no image");
        if (assembly.HardwareProfile is null) throw writer.Inexpressible($"{where} has no hardware profile");
        writer.Start("assembly");
        writer.Attribute("name", assembly.Name, "the name of an assembly");
        writer.Attribute("hwp", assembly.HardwareProfile, $"the hardware profile of {where}");
        writer.Start("image");
        writer.Attribute("id", assembly.Image.Id, $"the image of {where}");
        writer.Attribute("build", assembly.Image.Build, $"the build of the image of {where}");
        writer.End();
        if (!assembly.Services.IsEmpty)
        {
            writer.Start("services");
            foreach (var service in assembly.Services) WriteService(writer, service, where);
            writer.End();
        }

        if (!assembly.Returns.IsEmpty)
        {
            writer.Start("returns");
            foreach (var given in assembly.Returns)
            {
                if (given.Secret) throw writer.Inexpressible($"return {NameRules.Show(given.Name)} of {where} is a secret");
                if (given.Fact is not null) throw writer.Inexpressible($"return {NameRules.Show(given.Name)} of {where} names a fact");
                writer.Named("return", given.Name, $"the name of a return of {where}");
            }

            writer.End();
        }

        writer.End();
    }

    private static void WriteService(DocumentWriter writer, ServiceDocument service, string assembly)
    {
        var where = $"service {NameRules.Show(service.Name)} of {assembly}";
        if (service.Executable is null || !service.Classes.IsEmpty)
            throw writer.Inexpressible($"{where} is a puppet service, with classes and no executable");
        if (service.Executable.FileName is not null) throw writer.Inexpressible($"the executable of {where} has its own name");
        writer.Start("service");
        writer.Attribute("name", service.Name, "the name of a service");
        WriteDescription(writer, service.Description, $"the description of {where}");
        writer.Source("executable", service.Executable, $"the executable of {where}");
        if (!service.Files.IsEmpty)
        {
            writer.Start("files");
            foreach (var file in service.Files) writer.Source("file", file, $"a file of {where}");
            writer.End();
        }

        if (!service.Parameters.IsEmpty)
        {
            writer.Start("parameters");
            foreach (var parameter in service.Parameters) WriteParameter(writer, parameter, where);
            writer.End();
        }

        writer.End();
    }

    private static void WriteParameter(DocumentWriter writer, ParameterDocument parameter, string service)
    {
        var where = $"parameter {NameRules.Show(parameter.Name)} of {service}";
        if (parameter.Type != ParameterType.Text) throw writer.Inexpressible($"{where} has the type {ParameterTypes.Name(parameter.Type)}");
        if (parameter.Default is not null) throw writer.Inexpressible($"{where} has a default");
        if (parameter is { Value: not null, Reference: not null }) throw writer.Inexpressible($"{where} has both a value and a reference");
        if (parameter.Reference is { OnFailed: FailurePolicy.Stop })
            throw writer.Inexpressible($"{where} stops after a failure");
        if (parameter.Reference is { First: not null } or { AtLeast: not null }) throw writer.Inexpressible($"{where} refers to a group");
        writer.Start("parameter");
        writer.Attribute("name", parameter.Name, $"the name of {where}");
        if (parameter is { Secret: true, Value: null }) writer.Attribute("type", "password", "the type");
        if (parameter.Value is not null)
        {
            writer.Start("value");
            if (parameter.Secret) writer.Attribute("type", "password", "the type");
            writer.Text(parameter.Value, $"the value of {where}");
            writer.End();
        }

        if (parameter.Reference is { } reference)
        {
            writer.Start("reference");
            writer.Attribute("assembly", reference.Assembly, $"the reference of {where}");
            writer.Attribute(
                reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter", reference.Name, $"the reference of {where}");
            writer.End();
        }

        writer.End();
    }
}
