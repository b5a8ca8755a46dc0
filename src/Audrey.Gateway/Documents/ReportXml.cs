using System.Globalization;
using System.Text;
using System.Xml;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Gateway.Documents;

/// <summary>Writes statuses as the reports of 2012: XML in UTF-8. Characters that XML cannot hold become U+FFFD.</summary>
internal static class ReportXml
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Returns the report on a deployable. The status in the report does not depend on whether the launch is finished.</summary>
    public static byte[] Render(DeployableStatus status) => Document(xml =>
    {
        xml.WriteStartElement("deployment");
        Attribute(xml, "uuid", status.Id.Value);
        Attribute(xml, "status", CompletionStatusNames.NameOf(status.WorstOfInstances));
        xml.WriteElementString("registered", Registered(status.Registered));
        Moment(xml, "completed", status.Completed);
        xml.WriteStartElement("instances");
        foreach (var instance in status.Instances)
        {
            xml.WriteStartElement("instance");
            Identity(xml, instance);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>Returns the report on an instance.</summary>
    public static byte[] Render(InstanceStatus status) => Document(xml =>
    {
        xml.WriteStartElement("instance");
        Identity(xml, status);
        xml.WriteElementString("registered", Registered(status.Registered));
        Moment(xml, "first-contacted", status.FirstContact);
        Moment(xml, "last-contacted", status.LastContact);
        Moment(xml, "completed", status.Completed);
        xml.WriteStartElement("services");
        foreach (var service in status.Services) Service(xml, service);
        xml.WriteEndElement();
        if (!status.NotYetProvided.IsEmpty) Pending(xml, status.NotYetProvided);
        if (status.Forgiven is { } forgiven) Forgiven(xml, forgiven);
        xml.WriteEndElement();
    });

    private static void Service(XmlWriter xml, ServiceStatus service)
    {
        xml.WriteStartElement("service");
        Attribute(xml, "name", service.Name);
        Attribute(xml, "status", CompletionStatusNames.NameOf(service.Status));
        if (service.Problem is { } problem) Attribute(xml, "problem", problem);
        Moment(xml, "configuration-started", service.Started);
        Moment(xml, "configuration-ended", service.Ended);
        if (service.ExitStatus is { } exitStatus) xml.WriteElementString("completion-status", Sanitize(exitStatus));
        if (!service.Waits.IsEmpty)
        {
            xml.WriteStartElement("unresolved-service-parameters");
            foreach (var wait in service.Waits) Unresolved(xml, wait);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>
    /// Writes a missing value. The attribute <c>problem</c> did not exist in 2012. This attribute states why the value will never be
    /// provided.
    /// </summary>
    private static void Unresolved(XmlWriter xml, MissingValue wait)
    {
        xml.WriteStartElement("service-parameter");
        Attribute(xml, "name", wait.Parameter);
        if (wait.Reason == WaitReason.NotDeclared) Attribute(xml, "problem", "the source does not declare it");
        else if (wait.Reason == WaitReason.WaitsForItself) Attribute(xml, "problem", "it waits for its own end");
        xml.WriteStartElement("source-assembly");
        Attribute(xml, "uuid", wait.Provider.Id.Value);
        xml.WriteEndElement();
        xml.WriteStartElement(wait.Kind == ReferenceKind.ServiceEnd ? "service-name" : "return-param-name");
        Attribute(xml, "name", wait.Name);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Pending(XmlWriter xml, IEnumerable<string> names)
    {
        xml.WriteStartElement("pending-return-parameters");
        foreach (var name in names)
        {
            xml.WriteStartElement("return-parameter");
            Attribute(xml, "name", name);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Writes what the registration was forgiven. This element did not exist in 2012.</summary>
    private static void Forgiven(XmlWriter xml, IEnumerable<string> lines)
    {
        xml.WriteStartElement("forgiven");
        foreach (var line in lines) xml.WriteElementString("line", Sanitize(line));
        xml.WriteEndElement();
    }

    private static void Identity(XmlWriter xml, InstanceStatus instance)
    {
        Attribute(xml, "uuid", instance.Id.Value);
        Attribute(xml, "assembly", instance.Assembly);
        Attribute(xml, "status", CompletionStatusNames.NameOf(instance.Status));
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Sanitize(value));

    private static void Moment(XmlWriter xml, string name, DateTimeOffset? moment)
    {
        if (moment is { } value)
            xml.WriteElementString(name, value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    private static string Registered(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    private static byte[] Document(Action<XmlWriter> content)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, Settings))
            content(xml);
        return stream.ToArray();
    }

    private static string Sanitize(string text)
    {
        var bad = FirstInvalid(text, 0);
        if (bad < 0)
            return text;

        var characters = text.ToCharArray();
        for (; bad >= 0; bad = FirstInvalid(text, bad + 1))
            characters[bad] = '\uFFFD';
        return new string(characters);
    }

    private static int FirstInvalid(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;

            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                return i;

            i++;
        }

        return -1;
    }
}
