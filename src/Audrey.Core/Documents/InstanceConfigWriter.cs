using System.Text;
using System.Xml;

namespace Audrey.Core.Documents;

/// <summary>Writes instance configs. Refuses what would not be read back as it was.</summary>
internal static class InstanceConfigWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Line ends are written as references where a reader would change them.</summary>
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = StrictUtf8,
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    public static byte[] Write(InstanceConfig config)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, Settings)) WriteConfig(writer, config);
        return buffer.ToArray();
    }

    private static void WriteConfig(XmlWriter writer, InstanceConfig config)
    {
        if (config.Ordinal is not null) throw Inexpressible("the instance is one of a group");
        if (!config.SecretParameters.IsEmpty) throw Inexpressible($"provided parameter {NameRules.Show(config.SecretParameters[0])} is secret");
        writer.WriteStartElement("instance-config");
        WriteAttribute(writer, "id", config.Id.Value, "the instance's UUID");
        WriteAttribute(writer, "name", config.Name, "the instance's name");
        WriteAttribute(writer, "secret", config.Secret, "the secret");
        WriteAttribute(writer, "type", config.Type, "the type");

        writer.WriteStartElement("deployable");
        WriteAttribute(writer, "name", config.DeployableName, "the deployable's name");
        WriteAttribute(writer, "id", config.Deployable.Value, "the deployable's id");
        writer.WriteEndElement();
        if (config.Template is not null) WriteNamed(writer, "template", config.Template, "the template's name");

        if (!config.ProvidedParameters.IsEmpty)
        {
            writer.WriteStartElement("provided-parameters");
            foreach (var name in config.ProvidedParameters) WriteNamed(writer, "provided-parameter", name, "the name of a provided parameter");
            writer.WriteEndElement();
        }

        if (!config.Services.IsEmpty) WriteServices(writer, config);
        writer.WriteEndElement();
    }

    private static void WriteServices(XmlWriter writer, InstanceConfig config)
    {
        var puppet = config.Services.All(service => service.Executable is null);
        writer.WriteStartElement("services");
        if (puppet) writer.WriteStartElement("puppet");
        foreach (var service in config.Services)
        {
            if (puppet) WritePuppetService(writer, service);
            else WriteService(writer, service);
        }

        if (puppet) writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteService(XmlWriter writer, ServiceConfig service)
    {
        var where = Where(service);
        if (service.Executable is null) throw Inexpressible($"{where} has no executable while others of the instance have one");
        if (!service.Classes.IsEmpty) throw Inexpressible($"{where} has both an executable and classes");
        writer.WriteStartElement("service");
        WriteAttribute(writer, "name", service.Name, "the name of a service");
        WriteSource(writer, "executable", service.Executable, $"the executable of {where}");
        if (!service.Files.IsEmpty)
        {
            writer.WriteStartElement("files");
            foreach (var file in service.Files) WriteSource(writer, "file", file, $"a file of {where}");
            writer.WriteEndElement();
        }

        if (!service.Parameters.IsEmpty)
        {
            writer.WriteStartElement("parameters");
            foreach (var parameter in service.Parameters) WriteParameter(writer, parameter, where);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static void WritePuppetService(XmlWriter writer, ServiceConfig service)
    {
        var where = Where(service);
        if (!service.Files.IsEmpty) throw Inexpressible($"{where} has files and no executable");
        writer.WriteStartElement("service");
        WriteAttribute(writer, "name", service.Name, "the name of a service");
        foreach (var name in service.Classes) WriteNamed(writer, "class", name, $"a class of {where}");
        foreach (var parameter in service.Parameters) WriteParameter(writer, parameter, where);
        writer.WriteEndElement();
    }

    private static void WriteSource(XmlWriter writer, string element, SourceFile source, string what)
    {
        if (source.Url is null == source.Contents is null) throw Inexpressible($"{what} needs exactly one of a URL and contents");
        if (source.Url is not null && source.FileName is not null) throw Inexpressible($"{what} has a URL and a name of its own");
        writer.WriteStartElement(element);
        WriteAttribute(writer, "url", source.Url, $"the URL of {what}");
        if (source.Contents is not null)
        {
            writer.WriteStartElement("contents");
            WriteAttribute(writer, "filename", source.FileName, $"the name of {what}");
            WriteText(writer, source.Contents, $"the contents of {what}");
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static void WriteParameter(XmlWriter writer, ParameterConfig parameter, string where)
    {
        var what = $"parameter {NameRules.Show(parameter.Name)} of {where}";
        if (parameter.Group is not null) throw Inexpressible($"{what} refers to a group");
        if (parameter.Default is not null) throw Inexpressible($"{what} has a default");
        if (parameter.Secret) throw Inexpressible($"{what} is secret");
        if (parameter.Type != ParameterType.Text) throw Inexpressible($"{what} is of type {parameter.Type}");
        if (parameter.Value is null == parameter.Reference is null) throw Inexpressible($"{what} needs exactly one of a value and a reference");
        writer.WriteStartElement("parameter");
        WriteAttribute(writer, "name", parameter.Name, "the name of a parameter");
        if (parameter.Value is not null)
        {
            writer.WriteStartElement("value");
            WriteText(writer, TextOf(parameter.Value, what), $"the value of {what}");
            writer.WriteEndElement();
        }

        if (parameter.Reference is { } reference)
        {
            writer.WriteStartElement("reference");
            WriteAttribute(writer, "assembly", reference.Provider.Value, $"the provider of {what}");
            var attribute = reference.Kind == ReferenceKind.ServiceEnd ? "service-parameter" : "provided-parameter";
            WriteAttribute(writer, attribute, reference.Name, $"the reference of {what}");
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static string TextOf(byte[] value, string what)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw Inexpressible($"the value of {what} is not text in UTF-8");
        }
    }

    private static void WriteNamed(XmlWriter writer, string element, string name, string what)
    {
        writer.WriteStartElement(element);
        WriteAttribute(writer, "name", name, what);
        writer.WriteEndElement();
    }

    private static void WriteAttribute(XmlWriter writer, string attribute, string? text, string what)
    {
        if (text is not null) writer.WriteAttributeString(attribute, Checked(text, what));
    }

    private static void WriteText(XmlWriter writer, string text, string what) => writer.WriteString(Checked(text, what));

    private static string Checked(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                throw Inexpressible($"{what} holds, at position {i + 1}, a character that XML cannot carry");
            i++;
        }

        return text;
    }

    private static string Where(ServiceConfig service) => $"service {NameRules.Show(service.Name)}";

    private static ArgumentException Inexpressible(string problem) => new($"an instance config document cannot say this: {problem}");
}
