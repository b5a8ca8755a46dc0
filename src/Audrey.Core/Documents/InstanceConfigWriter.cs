using System.Text;
using Audrey.Core.Limits;
using Audrey.Core.Text;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>Writes instance configs. A config that a reader would not read back unchanged is refused.</summary>
internal static class InstanceConfigWriter
{
    private const string Format = "an instance config document";

    public static byte[] Write(InstanceConfig config) => DocumentWriter.ToBytes(Format, writer => WriteConfig(writer, config));

    private static void WriteConfig(DocumentWriter writer, InstanceConfig config)
    {
        if (config.Ordinal is not null) throw writer.Inexpressible("the instance is a member of a group");
        if (config.Stay is not null) throw writer.Inexpressible("the instance says whether its guest stays");
        if (!config.SecretParameters.IsEmpty)
            throw writer.Inexpressible($"provided parameter {NameRules.Show(config.SecretParameters[0])} is secret");
        if (config.ProvidedFacts is [var provided, ..])
            throw writer.Inexpressible($"provided parameter {NameRules.Show(provided.Parameter)} names a fact");
        writer.Start("instance-config");
        writer.Attribute("id", config.Id.Value, "the instance's UUID");
        writer.Attribute("name", config.Name, "the instance's name");
        writer.Attribute("secret", config.Secret, "the secret");
        writer.Attribute("type", config.Type, "the type");

        writer.Start("deployable");
        writer.Attribute("name", config.DeployableName, "the deployable's name");
        writer.Attribute("id", config.Deployable.Value, "the deployable's id");
        writer.End();
        if (config.Template is not null) writer.Named("template", config.Template, "the template's name");

        if (!config.ProvidedParameters.IsEmpty)
        {
            writer.Start("provided-parameters");
            foreach (var name in config.ProvidedParameters) writer.Named("provided-parameter", name, "the name of a provided parameter");
            writer.End();
        }

        if (!config.Services.IsEmpty) WriteServices(writer, config);
        writer.End();
    }

    private static void WriteServices(DocumentWriter writer, InstanceConfig config)
    {
        var puppet = config.Services.All(service => service.Executable is null);
        writer.Start("services");
        if (puppet) writer.Start("puppet");
        foreach (var service in config.Services)
        {
            if (puppet) WritePuppetService(writer, service);
            else WriteService(writer, service);
        }

        if (puppet) writer.End();
        writer.End();
    }

    private static void WriteService(DocumentWriter writer, ServiceConfig service)
    {
        var where = Where(service);
        if (service.Executable is null) throw writer.Inexpressible($"{where} has no executable while others of the instance have one");
        if (!service.Classes.IsEmpty) throw writer.Inexpressible($"{where} has both an executable and classes");
        writer.Start("service");
        writer.Attribute("name", service.Name, "the name of a service");
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

    private static void WritePuppetService(DocumentWriter writer, ServiceConfig service)
    {
        var where = Where(service);
        if (!service.Files.IsEmpty) throw writer.Inexpressible($"{where} has files and no executable");
        writer.Start("service");
        writer.Attribute("name", service.Name, "the name of a service");
        foreach (var name in service.Classes) writer.Named("class", name, $"a class of {where}");
        foreach (var parameter in service.Parameters) WriteParameter(writer, parameter, where);
        writer.End();
    }

    private static void WriteParameter(DocumentWriter writer, ParameterConfig parameter, string where)
    {
        var what = $"parameter {NameRules.Show(parameter.Name)} of {where}";
        if (parameter.Group is not null) throw writer.Inexpressible($"{what} refers to a group");
        if (parameter.Default is not null) throw writer.Inexpressible($"{what} has a default");
        if (parameter.Secret) throw writer.Inexpressible($"{what} is secret");
        if (parameter.Type != ParameterType.Text) throw writer.Inexpressible($"{what} is of type {parameter.Type}");
        if (parameter.Value is null == parameter.Reference is null)
            throw writer.Inexpressible($"{what} needs exactly one of a value and a reference");
        writer.Start("parameter");
        writer.Attribute("name", parameter.Name, "the name of a parameter");
        if (parameter.Value is not null)
        {
            writer.Start("value");
            writer.Text(TextOf(writer, parameter.Value, what), $"the value of {what}");
            writer.End();
        }

        if (parameter.Reference is { } reference)
        {
            writer.Start("reference");
            writer.Attribute("assembly", reference.Provider.Value, $"the provider of {what}");
            var attribute = reference.Kind == ReferenceKind.ServiceEnd ? "service-parameter" : "provided-parameter";
            writer.Attribute(attribute, reference.Name, $"the reference of {what}");
            writer.End();
        }

        writer.End();
    }

    private static string TextOf(DocumentWriter writer, byte[] value, string what)
    {
        try
        {
            return StrictUtf8.Encoding.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw writer.Inexpressible($"the value of {what} is not text in UTF-8");
        }
    }

    private static string Where(ServiceConfig service) => $"service {NameRules.Show(service.Name)}";
}
