using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>The types of bodies.</summary>
internal static class FormBody
{
    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Returns whether the body has this media type, with any parameters.</summary>
    public static bool IsOfType(HttpRequest request, string type)
    {
        var given = request.ContentType.AsSpan();
        var end = given.IndexOf(';');
        return (end < 0 ? given : given[..end]).Trim().Equals(type, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns whether the body is compressed. No client of this protocol compresses bodies.</summary>
    public static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding
        && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether the body is a form that the gateway can read.</summary>
    public static bool IsReadableForm(HttpRequest request) => IsOfType(request, FormType) && !IsEncoded(request);
}
